// Statistics for conditions that the planner would otherwise guess at, since a policy stands before them.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/pathnodes.h"
#include "utils/selfuncs.h"
}

namespace pg_tenant::planning {

// For a column of a confined relation that nothing touches but what is trusted: fills in what is known of it
// and returns true. The planner may then ask operators about the values of all tenants.
bool find_statistics(PlannerInfo *root, RangeTblEntry *entry, AttrNumber column,
					 VariableStatData *statistics);

} // namespace pg_tenant::planning
