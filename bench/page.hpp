// The Markdown page: tables from the figures, between markers in a text that is written by hand.
#pragma once

#include <ostream>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace bench {

void write_page(const std::string &file, const nlohmann::json &figures, std::ostream &out);

} // namespace bench
