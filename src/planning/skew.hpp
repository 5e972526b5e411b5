// A plan that can be used again, and has no parameters, is estimated with one tenant, and used for all. It is
// made again for a tenant that is ten times as big, or as small, as those that it was made for; unless that
// gave the same plan before: then it is good for both. Nothing here filters or refuses: it only says when
// plans are made.
#pragma once

#include "core/tenant_id.hpp"
#include "pg/prelude.hpp"

extern "C" {
#include "nodes/plannodes.h"
}

namespace pg_tenant::planning {

// Notes a finished plan that can be used again, of the statement of this text, and what drops it from the
// plan cache. May raise.
void note_reusable_plan(PlannedStmt *plan, const char *text);

// Called with each tenant that is set: drops the plans that are of another size. Never raises, and reads no
// catalog: rollback sets tenants too.
void drop_plans_of_other_size(const core::TenantId &tenant);

// Called for every relcache message; never raises.
void forget_sizes(Oid relation);

} // namespace pg_tenant::planning
