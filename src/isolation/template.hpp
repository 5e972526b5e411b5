// Rows of a template tenant, copied for a new one.
#pragma once

#include "core/tenant_id.hpp"
#include "pg/prelude.hpp"

namespace pg_tenant::isolation {

// Runs a command on a table as its owner, past policies, which its conditions stand for; what it calls and
// fires runs confined to the new tenant, in whatever state that is. The first value of its first column that
// is not null, or NULL. May raise.
char *run_for_new_tenant(Oid table, const core::TenantId &tenant, const char *command);

} // namespace pg_tenant::isolation
