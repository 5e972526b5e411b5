// Medians and means; what was not measured is NaN and does not count.
#pragma once

#include <vector>

namespace bench {

double median(std::vector<double> values);
double geometric_mean(const std::vector<double> &values);
// Of values in the same place.
std::vector<double> quotients(const std::vector<double> &values, const std::vector<double> &bases);
std::vector<double> differences(const std::vector<double> &values, const std::vector<double> &bases);
// The value that this share of them does not exceed.
double quantile(std::vector<double> values, double share);
// Of a straight line through the points.
double slope(const std::vector<double> &x, const std::vector<double> &y);

} // namespace bench
