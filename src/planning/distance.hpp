// An index that is read in the order of a distance computes it of all its entries, before any filter.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/pathnodes.h"
}

namespace pg_tenant::planning {

// Takes away the paths of a confined relation that would compute what is not trusted. Adds a scan of the
// table if none is left.
void drop_leaky_orders(PlannerInfo *root, RelOptInfo *relation, RangeTblEntry *entry);

} // namespace pg_tenant::planning
