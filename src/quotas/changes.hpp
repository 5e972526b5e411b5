// What this transaction has added to the protected tables of whom. The server counts what is written to a
// table; who it belongs to is the tenant of the statement that writes, so it is settled where statements
// begin and end.
#pragma once

#include "core/tenant_id.hpp"
#include "pg/prelude.hpp"

namespace pg_tenant::quotas {

// In the transaction's memory.
struct Change {
	Change *next;
	int nest_level; // of the subtransaction that wrote
	Oid relation;
	Oid table;       // that was protected: what the relation is a part of, at the top
	bool is_nobodys; // of no tenant, or of several: under row_security = off
	core::TenantId tenant;
	int64 writes; // rows inserted, updated, deleted
	int64 rows;   // more than before
	int64 unchecked;
};
extern Change *changes;

// The table that was protected of which the relation is a part, or itself; InvalidOid where it is not
// protected, or holds no rows of its own. May raise.
Oid table_of(Oid relation);
// Called for every relcache message; never raises.
void forget_tables(Oid relation);

// What was written since the last call is this tenant's; NULL is nobody's. May raise.
void settle(const core::TenantId *tenant);

// Calls with each that is the tenant's.
template <typename Call> void for_each_change(const core::TenantId &tenant, Call call) {
	for (Change *change = changes; change != nullptr; change = change->next) {
		if (!change->is_nobodys && change->tenant == tenant)
			call(change);
	}
}

// Keeps the changes in step with transactions and savepoints; called once.
void watch_changes();

} // namespace pg_tenant::quotas
