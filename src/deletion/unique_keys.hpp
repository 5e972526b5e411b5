// Unique keys that deleted rows do not block: indexes over live rows in place of unique constraints and
// indexes. Which were made so is written down in the arguments of the table's trigger, and so dumped with it.
// Between pg::begin_sql() and pg::end_sql(); everything may raise.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "lib/stringinfo.h"
}

namespace pg_tenant::deletion {

// Those of this table alone; what needs the whole key keeps it, and is told by NOTICE. Appends the arguments,
// as SQL.
void make_keys_live(Oid table, const char *deleted_at, StringInfo names);

// The opposite, for keys that the trigger names, while the table still has it. Where rows have the same key
// by now, it stays as it is, with a NOTICE.
void make_keys_full(Oid table);

} // namespace pg_tenant::deletion
