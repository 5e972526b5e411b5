// Materialized views hold rows of whoever filled them, and no policy covers them: without a label (label.hpp)
// no tenant reads one over protected tables.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"
}

namespace pg_tenant::isolation {

// Raises TN006 if the plan reads a materialized view over protected tables that is not protected itself,
// directly or through views. May raise otherwise too; opens the views with a lock.
void require_no_shared_rows(const PlannedStmt *plan);

// Whether the relation is one over protected tables.
bool holds_shared_rows(Oid relation);

// Raises TN006 if the command would fill a protected materialized view with one tenant's rows, or empty it.
void require_refreshable(const RefreshMatViewStmt *statement);

} // namespace pg_tenant::isolation
