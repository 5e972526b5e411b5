// Counting what is not known: the tenant's rows in a table, by the table's owner, past policies and soft
// deletion.
#pragma once

#include "quotas/counts.hpp"

namespace pg_tenant::quotas {

// Whoever commits changes of a tenant that are added to its numbers holds this from before until they have
// been added. Nothing else takes it for longer than a snapshot.
void hold_tenant(const core::TenantId &tenant);
void release_tenant(const core::TenantId &tenant);

// What this transaction has added: rows of the table; bytes of all tables, where it is InvalidOid.
int64 own_amount(const core::TenantId &tenant, Oid table);
// The same of what no statement of the tenant's was checked for yet.
int64 unchecked_amount(const core::TenantId &tenant, Oid table);

// The number, counted if it is not known. What was written must be settled. May raise.
Count known_count(const core::TenantId &tenant, Oid table);

// Counts it whether it is known or not.
void recount(const core::TenantId &tenant, Oid table);

// The tables that were protected and hold rows.
List *counted_tables();

// The transaction has written rows of several tenants, which counting sees: it has to be counted again when
// the transaction has ended, however it does.
bool is_counted_with_foreign_rows();
void forget_foreign_rows();

} // namespace pg_tenant::quotas
