// Materialized views hold rows of whoever filled them, and no policy covers them.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/plannodes.h"
}

namespace pg_tenant::isolation {

// Raises TN006 if the plan reads a materialized view over protected tables, directly or through views. May
// raise otherwise too; opens the views with a lock.
void require_no_shared_rows(const PlannedStmt *plan);

// Whether the relation is such a view.
bool holds_shared_rows(Oid relation);

} // namespace pg_tenant::isolation
