// A statement that writes, under the quota of its tenant: refused (TN009) at its end, or where its
// transaction commits, if there is more than there may be.
#pragma once

#include "pg/prelude.hpp"
#include "pg/scoped.hpp"
#include "quotas/changes.hpp"

extern "C" {
#include "executor/execdesc.h"
#include "nodes/plannodes.h"
}

namespace pg_tenant::quotas {

// The tenant of the statement around all that runs now that writes; NULL where it is for all tenants, or
// there is none.
extern const core::TenantId *writer;

inline bool writes(const QueryDesc *query) {
	return query->operation != CMD_SELECT || query->plannedstmt->hasModifyingCTE;
}

// Whether it matters who writes what; from the first statement on of a tenant that has a quota.
bool is_watched(const core::TenantId *tenant);

// What is written meanwhile is the tenant's.
template <typename Call> void write_for(const core::TenantId *tenant, Call call) {
	if (likely(!is_watched(tenant))) {
		call();
		return;
	}
	settle(writer);
	pg::with_value(&writer, tenant, call);
	settle(tenant);
}

// Raises TN009 if what the tenant's statement has added is too much. Warns where it comes near.
void require_room(const core::TenantId *tenant);

// Who has how many rows will not be known: a table was attached, dropped, or is protected no longer.
void note_unknown();

void watch_transactions();

} // namespace pg_tenant::quotas
