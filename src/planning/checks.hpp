// The check of a new row costs more than half a microsecond a statement. It is left out where the row is the
// tenant's by proof.
#pragma once

#include "core/tenant_id.hpp"
#include "pg/prelude.hpp"

extern "C" {
#include "nodes/params.h"
#include "nodes/parsenodes.h"
}

namespace pg_tenant::planning {

// For a query that was confined, at all its levels: takes those policies' checks away that no row can fail.
// `constant` is the tenant that a plan of one use is made for, NULL for a plan that can be used again.
void drop_needless_checks(Query *query, const core::TenantId *constant, ParamListInfo parameters);

} // namespace pg_tenant::planning
