// Protecting a table: its column, its rows, its partitions and children. Runs with the caller's rights, in
// the caller's transaction, under ACCESS EXCLUSIVE locks on the whole tree; raises and leaves nothing
// changed.
#pragma once

#include "core/tenant_id.hpp"
#include "pg/prelude.hpp"

extern "C" {
#include "storage/lockdefs.h"
}

namespace pg_tenant::isolation {

enum class Open { kAutomatic, kNo, kYes };

struct ProtectOptions {
	const char *column;
	Oid type;              // of the column, where it has to be added
	const char *assign_to; // the tenant that rows without one are given to, or NULL
	bool register_tenants; // provision those that the rows name
	Open open;
	bool fix_keys;  // put the tenant columns into foreign keys
	int partitions; // how many to make of a plain table, 0 for none
};

void protect(Oid table, const ProtectOptions &options);
void unprotect(Oid table);

// Locks a table; raises if there is none, or it is not the caller's.
void lock_owned(Oid relation, LOCKMODE mode);

// Declares a table to be seen by all tenants.
void share(Oid table);

// share.cpp: whether that was declared.
bool is_shared(Oid table);

// share.cpp: takes that declaration back; needs pg::begin_sql().
void forget_share(Oid table);

// Protects a table, and what is below it, if the command that just ran made it a part of a protected one. A
// table that is protected itself becomes part of one that is not only where it is restored.
void protect_new_part(Oid relation, bool is_restored);

// rows.cpp: gives every row a tenant, and reports or registers those that the rows name. The column is there.
void adopt_rows(Oid table, const ProtectOptions &options);

// rows.cpp: whether a tenant column of this type can hold it.
bool fits_column(const core::TenantId &id, Oid type);

// rows.cpp: a tenant in the spelling of a column of this type; raises 22023 if it has none, TN002 if it
// should be registered and is not.
void read_tenant_for(Oid type, const char *text, const char *what, bool may_be_new, core::TenantId *id);

// rows.cpp: the same for a materialized view or foreign table, where it can only tell what there is.
void inspect_rows(Oid relation, const ProtectOptions &options);

// rows.cpp: adds the column, filled for the rows that are there.
void add_column(Oid table, const ProtectOptions &options);

} // namespace pg_tenant::isolation
