// The main table as a picture: a line for each shape, a point for each column, on a logarithmic scale.
#pragma once

#include <ostream>

#include <nlohmann/json_fwd.hpp>

namespace bench {

void write_plot(const nlohmann::json &figures, std::ostream &out);

} // namespace bench
