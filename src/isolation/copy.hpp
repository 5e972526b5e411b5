// COPY of protected tables.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"
}

namespace pg_tenant::isolation {

// The command that copies what a query on the table gives, and so what the tenant sees, where this one would
// copy the table itself; NULL where it copies nothing protected. COPY TO reads no policies for roles that
// bypass them, and nothing of a partitioned table for others. Raises TN006 for COPY FROM by a role that
// bypasses policies.
PlannedStmt *confined_copy(const PlannedStmt *statement);

} // namespace pg_tenant::isolation
