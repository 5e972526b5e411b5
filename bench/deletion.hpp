// Soft deletion beside the same written by hand, on tables that are protected alike.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "columns.hpp"
#include "scenarios.hpp"

namespace bench {

// Queries beside ones with `AND deleted_at IS NULL`, DELETE beside the UPDATE that marks.
nlohmann::json delete_softly(const Servers &servers, const Scale &scale);

} // namespace bench
