// SQL as text, for what has no function of its own in the server (DDL above all). Names are quoted by the
// caller and qualified, so no search path changes what a statement means. Everything here may raise.
#pragma once

#include "pg/prelude.hpp"

namespace pg_tenant::pg {

// Opens and closes the connection that the others need; an error closes it too.
void begin_sql();
void end_sql();

// The same for a procedure that was called outside a transaction block, which commits as it goes. What it
// allocates stays until end_sql().
void begin_committing_sql();
void commit_sql();

// The same in two steps; between them nothing runs, and no snapshot keeps other sessions' garbage alive.
void commit_sql_to_wait();
void resume_sql();

void run_sql(const char *format, ...) pg_attribute_printf(1, 2);

// A command of a user's; how many rows its last statement processed. What it returns is thrown away. Raises
// 0A000 for transaction control; "cannot run ... in such a place".
int64 run_command(const char *text, const char *place);
[[noreturn]] void refuse_command(int result, const char *place);

// Raises unless the text is an expression: what is not by itself may be one, and more, between parentheses.
void require_expression(const char *text);

// Queries see what the active snapshot shows.

// The first column of the first row, 0 when there is none.
int64 query_number(const char *format, ...) pg_attribute_printf(1, 2);

// The first column of the first row as text in the caller's memory, NULL when there is none.
char *query_text(const char *format, ...) pg_attribute_printf(1, 2);

// A column of the first row of what was run last, as text in the caller's memory; NULL where it is.
char *kept_value(int column);

// A value of this type, from text.
const char *literal(Oid type, const char *text);

// "schema"."name", quoted as needed.
const char *qualified_name(Oid relation);

} // namespace pg_tenant::pg
