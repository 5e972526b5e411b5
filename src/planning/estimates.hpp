// Statistics for conditions that the planner would otherwise guess at, since a policy stands before them.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/pathnodes.h"
#include "utils/selfuncs.h"
}

namespace pg_tenant::planning {

// Whether a protected relation without a filter came with the body of a function that planning put in its
// place. Such a plan is thrown away (hooks/planner.cpp), but estimates must not ask operators about what is
// kept of all tenants.
bool came_unfiltered(const PlannerInfo *root, RangeTblEntry *entry);

// For a column of a confined relation that nothing touches but what is trusted: fills in what is known of it
// and returns true. The planner may then ask operators about the values of all tenants.
bool find_statistics(PlannerInfo *root, RangeTblEntry *entry, AttrNumber column,
					 VariableStatData *statistics);

} // namespace pg_tenant::planning
