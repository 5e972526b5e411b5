// What a plan does, whatever it costs.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/plannodes.h"
}

namespace pg_tenant::planning {

// Equal for plans that read the same relations in the same order by the same means. Made for telling two
// plans of one statement apart.
uint32 shape_of(const PlannedStmt *plan);

} // namespace pg_tenant::planning
