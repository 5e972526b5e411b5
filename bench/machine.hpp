// What the figures were measured on, without names of hosts or paths.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace bench {

nlohmann::json machine(const std::string &server);

} // namespace bench
