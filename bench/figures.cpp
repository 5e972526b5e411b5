#include "figures.hpp"

#include <algorithm>

namespace bench {

using nlohmann::json;

std::vector<double> ratios(const json &figures, const std::string &column, const Choice &choice) {
	std::vector<double> result;
	for (const json &setting : figures.at("settings")) {
		const json &ratio = setting.at("ratio");
		if (choice(setting) && ratio.contains(column) && ratio[column].is_number())
			result.push_back(ratio[column]);
	}
	return result;
}

std::vector<std::string> shapes_of(const json &figures) {
	std::vector<std::string> names;
	for (const json &setting : figures.at("settings"))
		if (names.empty() || names.back() != setting.at("shape"))
			names.push_back(setting["shape"]);
	return names;
}

Choice of_shape(const std::string &shape) {
	return [shape](const json &setting) { return setting.at("shape") == shape; };
}

} // namespace bench
