// B-trees that lead with the tenant column, for conditions that must not meet other tenants' rows.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/pathnodes.h"
}

namespace pg_tenant::planning {

// For a base relation or a child whose paths core has found: adds those of indexes whose first column is the
// tenant's, with conditions that the tenant's filter keeps from core's.
void add_tenant_index_paths(PlannerInfo *root, RelOptInfo *relation, Index index, RangeTblEntry *entry);

} // namespace pg_tenant::planning
