// What the catalogs say now, whatever the transaction's snapshot: protection that went by an old one would
// open what another session closed. All may raise.
#pragma once

#include "pg/prelude.hpp"
#include "pg/scoped.hpp"

extern "C" {
#include "access/attnum.h"
#include "nodes/pg_list.h"
}

namespace pg_tenant::isolation {

// The tables that a table is a partition or child of, nearest first.
List *parents_of(Oid relation);

// Those with columns of the domain, or of one that is made of it.
List *relations_with_domain(Oid domain);

struct PolicyCensus {
	bool has_isolation;        // one of the name tenant_isolation
	bool has_rows;             // ours: tenant_rows, permissive, for all, true
	bool has_rows_clash;       // another one of that name
	bool has_other_permissive; // one that `true` would cancel
	bool has_closed;           // tenant_closed, left by DROP EXTENSION
	int others;                // all that are not of our names
};

PolicyCensus policies_of(Oid relation);

// Whether an index leads with this column and covers every row that an index can.
bool has_leading_index(Oid relation, AttrNumber column);

// The owner of schema tenant, and so of the registry; InvalidOid without the extension.
Oid extension_owner();

// What triggers and defaults of a table expect that are run as its owner: the caller's path is no matter of
// theirs. Until the level of settings ends.
void use_owners_search_path();

// Runs a call as that owner: what writes the registry.
template <typename Call> void as_registry(Call call) { pg::as_role(extension_owner(), 0, call); }

} // namespace pg_tenant::isolation
