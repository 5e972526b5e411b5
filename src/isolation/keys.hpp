// Keys that reach across tenants. A foreign key between protected tables that does not pair the tenant
// columns is checked by internal triggers, which belong to the key as the server's own do.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/parsenodes.h"
#include "nodes/pg_list.h"
#include "utils/rel.h"
}

namespace pg_tenant::isolation {

// Waits for whoever is changing a table that foreign keys join with one of these, as by protecting it.
void lock_key_partners(const List *tables);

// Puts the triggers on the foreign keys from or to these tables where they are missing, and takes them away
// where they are not wanted. Raises TN006 if rows of a key that is new, or of any if the tables are newly
// protected, reference other tenants'.
void check_foreign_keys(const List *tables, bool is_newly_protected);

// The same for what the command that has just run has changed. A no-op within protect() and unprotect().
void check_changed_keys(const Node *utility);

// Replaces the foreign keys from or to these tables that span tenants by keys over the tenant columns too,
// where that means the same.
void fix_foreign_keys(const List *tables);

// Takes all the triggers away: with the function that they call, DROP EXTENSION would drop their keys.
void drop_key_checks();

// How many triggers of the relation that check its foreign keys are off.
int count_disabled_key_checks(Relation relation);

// Says in a NOTICE which keys of a table that is being protected span tenants.
void report_unsafe_keys(Oid table, const char *column);

// Whether a table of which this holds has a foreign key to this one. Reads pg_constraint.
bool is_referenced_by(Oid table, bool (*holds)(Oid referencing));

} // namespace pg_tenant::isolation
