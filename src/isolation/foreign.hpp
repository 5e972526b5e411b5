// Planning of protected foreign tables. A foreign data wrapper may send any condition to its server, which
// evaluates it on other tenants' rows; core's rule that only leakproof ones run below a filter is not asked.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/pathnodes.h"
}

namespace pg_tenant::isolation {

// Puts itself between the planner and the wrapper of this relation, so that it gets only what may run before
// the tenant's filter; the rest is evaluated here. No join, aggregate or order of it is computed elsewhere.
void keep_conditions_here(RelOptInfo *relation);

} // namespace pg_tenant::isolation
