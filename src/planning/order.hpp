// A pass over a finished plan: whatever the planner made of them, the tenant's filter comes first in each
// scan of a confined relation.
#pragma once

#include "core/tenant_id.hpp"
#include "pg/prelude.hpp"

extern "C" {
#include "nodes/plannodes.h"
}

namespace pg_tenant::planning {

// Puts the filter first among the conditions of every scan, also among those that are asked again of rows
// that a lossy index found; adds it where it is missing. With a tenant, the plan is for one use. Raises if a
// scan cannot be filtered.
void order_scans(PlannedStmt *plan, const core::TenantId *tenant);

} // namespace pg_tenant::planning
