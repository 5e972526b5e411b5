// What the planner tells the executor about a plan: a list that the first relation's entry of the plan's
// range table has no other use for. It goes with the plan into the plan cache; parallel workers, whose leader
// has checked, lose it.
#pragma once

#include "isolation/deleted.hpp"

extern "C" {
#include "nodes/plannodes.h"
}

namespace pg_tenant::planning {

struct Notes {
	const char *tenant; // whose constants are in the plan; NULL when there are none
	List *patterns;     // of parameters that must be valid patterns: see conditions.hpp
};

// The plan must be the caller's own.
void put_notes(PlannedStmt *plan, const Notes &notes);

// Whose constants are in the plan, or NULL.
const char *tenant_of_plan(const PlannedStmt *plan);

List *patterns_of_plan(const PlannedStmt *plan);

// Leaves with a plan which rows it shows, if it meets deleted ones, and, if it can be used again, the plans
// that show all rows and deleted ones.
void put_sight(PlannedStmt *plan, isolation::Sight sight, PlannedStmt *of_all, PlannedStmt *of_dead);

// The plan, which meets deleted rows, as the session wants it now; 55000 if it was made for something else.
PlannedStmt *plan_for_sight(PlannedStmt *plan);

} // namespace pg_tenant::planning
