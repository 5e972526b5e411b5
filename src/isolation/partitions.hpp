// A plain table made again as one that is hash-partitioned by its tenant column, under its name and with all
// that belongs to it. Everything here may raise, and leaves nothing changed then.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/pg_list.h"
}

namespace pg_tenant::isolation {

// Raises 22023 unless there can be so many.
int partition_count(int wanted);

// Raises unless the table can be partitioned by this column: 55000 if it is, in another way, 0A000 if
// something that belongs to it cannot be kept. False if there is nothing to do. Between pg::begin_sql() and
// pg::end_sql().
bool needs_partitions(Oid table, const char *column, int count);

// Puts a partitioned table in its place and moves the rows. Policies are the caller's to put on. Returns the
// new table, whose rows are all that the old one had. The old one is locked, and its policies not forced.
Oid make_partitions(Oid table, const char *column, int count);

// The commands of a step of tenant.table_definition(), and what runs them. Between pg::begin_sql() and
// pg::end_sql(), as all that follows.
List *definition_of(Oid table, const char *step);
void run_all(const List *commands);
void alter_table(const char *name, const List *changes);

// "" of none.
const char *first_text(const List *texts);

// The columns that can be written, as a list for SQL.
const char *stored_columns(Oid table);

} // namespace pg_tenant::isolation
