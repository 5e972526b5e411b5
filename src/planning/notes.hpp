// What the planner tells the executor about a plan: an entry at the end of the plan's range table, which no
// node reads. It goes with the plan into the plan cache; parallel workers, whose leader has checked, lose it.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/plannodes.h"
}

namespace pg_tenant::planning {

// How fast a relation's filter is, from the best down.
enum class Tier {
	kMoved, // an ordinary condition
	kMixed, // a barrier, with the trusted conditions on the same side
	kBarrier,
};

struct RelationNote {
	const char *name;
	Tier tier;
	const char *culprit; // what kept the barrier, or NULL
};

struct Notes {
	const char *tenant; // whose constants are in the plan; NULL when there are none
	List *patterns;     // of parameters that must be valid patterns: see conditions.hpp
	List *relations;    // RelationNote
};

// The plan must be the caller's own.
void put_notes(PlannedStmt *plan, const Notes &notes);

// Whose constants are in the plan, or NULL.
const char *tenant_of_plan(const PlannedStmt *plan);

List *patterns_of_plan(const PlannedStmt *plan);

// How the filters of its relations are applied, as RelationNote.
List *relations_of_plan(const PlannedStmt *plan);

} // namespace pg_tenant::planning
