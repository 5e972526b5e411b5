// EXPLAIN without what comes of other tenants' rows: estimates, which are made of statistics of the whole
// table, and counts of what was read below the tenant's filter. All may raise.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "executor/execdesc.h"
#include "nodes/plannodes.h"
}

namespace pg_tenant::isolation {

// A copy of this EXPLAIN that shows no estimates and no buffers; NULL where no protected relation can be in
// the plan.
PlannedStmt *confined_explain(const PlannedStmt *statement);

// Forgets what a query that has run counted below the tenant's filter.
void forget_counts(const QueryDesc *query);

// Refuses debug_print_plan where it would show the client the estimates of this plan.
void require_unprinted(const PlannedStmt *plan);

// The relation that a node scans, by its place in the range table; 0 for any other node.
Index scanned_relation(const Plan *plan);

} // namespace pg_tenant::isolation
