// Every row of a deleted tenant goes, and then what the registry has of it. Commits as it goes: for a
// procedure that was called outside a transaction block. May raise; the next call goes on from there.
#pragma once

#include "core/tenant_id.hpp"

namespace pg_tenant::deletion {

// Raises unless its state allows it, and the grace period is over or it is forced.
void require_purgeable_tenant(const char *tenant, bool force);

void purge_tenant(const char *tenant, bool force);

// Says how many rows of each table that would be.
void count_tenant(const char *tenant);

} // namespace pg_tenant::deletion
