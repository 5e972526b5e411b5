// What holds rows of all tenants, and no policy covers: materialized views over protected tables, unless they
// have a label (label.hpp), and TOAST tables of protected ones, of such views and of statistics. No tenant
// reads them.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"
}

namespace pg_tenant::isolation {

// Raises TN006 if the plan reads such a relation, directly or through views. May raise otherwise too; opens
// views with a lock.
void require_no_shared_rows(const PlannedStmt *plan);

// Whether the plan reads such a relation, or the catalogs of statistics.
bool reads_shared_rows(const PlannedStmt *plan);

// Whether the relation is a materialized view over protected tables.
bool holds_shared_rows(Oid relation);

// Raises TN006 if the command would fill a protected materialized view with one tenant's rows, or empty it.
void require_refreshable(const RefreshMatViewStmt *statement);

} // namespace pg_tenant::isolation
