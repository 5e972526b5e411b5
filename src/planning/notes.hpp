// What the planner tells the executor about a plan: a list that the first confined relation's entry of the
// plan's range table has no other use for. It goes with the plan into the plan cache; parallel workers, whose
// leader has checked, lose it.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/plannodes.h"
}

namespace pg_tenant::planning {

struct Notes {
	const char *tenant; // whose constants are in the plan; NULL when there are none
	List *patterns;     // of parameters that must be valid patterns: see conditions.hpp
};

// The plan must be the caller's own, and hold a confined relation.
void put_notes(PlannedStmt *plan, const Notes &notes);

// Whose constants are in the plan, or NULL.
const char *tenant_of_plan(const PlannedStmt *plan);

List *patterns_of_plan(const PlannedStmt *plan);

} // namespace pg_tenant::planning
