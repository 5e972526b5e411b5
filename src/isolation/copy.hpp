// COPY of protected tables.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"
}

namespace pg_tenant::isolation {

// The command to run in place of this COPY, or NULL where it copies nothing protected.
// COPY TO: of a query on the table, and so of what the tenant sees; PostgreSQL asks no policies for roles
// that bypass them, and copies nothing of a partitioned table for others. COPY FROM: with a condition that
// refuses another tenant's row. Raises 0A000 where that would not be exact: before a BEFORE ROW trigger,
// which may change the row, and for a role with policies of its own to pass.
PlannedStmt *confined_copy(const PlannedStmt *statement);

// The table that a COPY FROM names.
Oid copied_table(const CopyStmt *copy);

// Runs a COPY FROM for a role that policies bind, to which PostgreSQL refuses it; its condition stands for
// them. Returns the rows copied.
uint64 copy_from(const CopyStmt *copy, const char *text);

} // namespace pg_tenant::isolation
