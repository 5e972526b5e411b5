// What limits_of() of schema.sql gives tenants, and what must be so of limits and statistics when the clients
// are gone.
#pragma once

#include <string>
#include <vector>

#include "connection.hpp"
#include "tally.hpp"

namespace load {

bool is_refused_by_limits(const std::string &sqlstate);
// Whether this tenant has a limit that it can come to; that of a breaker that is open by hand aside.
bool has_limit(int tenant, const std::string &sqlstate);

// Changes the limits; nobody else may be at work.
std::vector<Check> limit_checks(Connection &superuser, const Tally &tally);

} // namespace load
