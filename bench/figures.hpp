// What page and plot have in common: choosing figures and summing them up.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace bench {

using Choice = std::function<bool(const nlohmann::json &setting)>;

// The ratios of a column in the settings that are chosen.
std::vector<double> ratios(const nlohmann::json &figures, const std::string &column, const Choice &choice);

// Names in the order of the settings.
std::vector<std::string> shapes_of(const nlohmann::json &figures);

Choice of_shape(const std::string &shape);

} // namespace bench
