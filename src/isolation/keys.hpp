// Keys that reach across tenants.
#pragma once

#include "pg/prelude.hpp"

namespace pg_tenant::isolation {

// Says in a NOTICE which keys of a table that is being protected span tenants. Between pg::begin_sql() and
// pg::end_sql().
void report_unsafe_keys(Oid table, const char *column);

// Whether a protected table has a foreign key to this one. Reads pg_constraint.
bool is_referenced_by_protected(Oid table);

} // namespace pg_tenant::isolation
