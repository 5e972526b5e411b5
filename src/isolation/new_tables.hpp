// Tables that are born without protection, by pg_tenant.new_tables. All may raise.
#pragma once

#include "pg/prelude.hpp"

namespace pg_tenant::isolation {

// A relation, of whatever kind, that the transaction has just made: it is looked at when the transaction
// ends.
void note_new_relation(Oid relation);

// Under pg_tenant.new_tables = protect: protects a new table whose command is done.
bool protect_new_table(Oid relation);

// Judges those that were noted before a transaction commits or is prepared.
void watch_new_tables();

} // namespace pg_tenant::isolation
