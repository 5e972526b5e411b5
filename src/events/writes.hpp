// What a transaction writes for all tenants, under row_security = off: as it commits, a row of the trail for
// each table, command and role, however many statements there were.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "executor/execdesc.h"
}

namespace pg_tenant::events {

enum class Write { kInsert, kUpdate, kDelete, kMerge, kCopy, kTruncate };

// A command on this table begins; then, how many rows it has written.
void note_write(Oid table, Write write);
void note_written_rows(Oid table, Write write, uint64 rows);

// The same of a query for all tenants, when it has started and when it has finished.
void note_writes(const QueryDesc *query);
void note_written_rows(const QueryDesc *query);

// Registers what writes the rows.
void watch_writes();

} // namespace pg_tenant::events
