#include "statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace bench {

double quantile(std::vector<double> values, double share) {
	values.erase(std::remove_if(values.begin(), values.end(), [](double v) { return std::isnan(v); }),
				 values.end());
	if (values.empty())
		return std::numeric_limits<double>::quiet_NaN();
	std::sort(values.begin(), values.end());
	const double place = share * static_cast<double>(values.size() - 1);
	const std::size_t below = static_cast<std::size_t>(place);
	const std::size_t above = std::min(below + 1, values.size() - 1);
	return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
}

double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

double geometric_mean(const std::vector<double> &values) {
	double logarithms = 0;
	for (const double value : values)
		logarithms += std::log(value);
	return std::exp(logarithms / static_cast<double>(values.size()));
}

std::vector<double> quotients(const std::vector<double> &values, const std::vector<double> &bases) {
	std::vector<double> result;
	for (std::size_t i = 0; i < values.size(); i++)
		result.push_back(values[i] / bases[i]);
	return result;
}

std::vector<double> differences(const std::vector<double> &values, const std::vector<double> &bases) {
	std::vector<double> result;
	for (std::size_t i = 0; i < values.size(); i++)
		result.push_back(values[i] - bases[i]);
	return result;
}

double slope(const std::vector<double> &x, const std::vector<double> &y) {
	const double count = static_cast<double>(x.size());
	const double mean_x = std::accumulate(x.begin(), x.end(), 0.0) / count;
	const double mean_y = std::accumulate(y.begin(), y.end(), 0.0) / count;
	double products = 0;
	double squares = 0;
	for (std::size_t i = 0; i < x.size(); i++) {
		products += (x[i] - mean_x) * (y[i] - mean_y);
		squares += (x[i] - mean_x) * (x[i] - mean_x);
	}
	return products / squares;
}

} // namespace bench
