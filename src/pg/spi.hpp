// SQL as text, for what has no function of its own in the server (DDL above all). Names are quoted by the
// caller and qualified, so no search path changes what a statement means. Everything here may raise.
#pragma once

#include "pg/prelude.hpp"

namespace pg_tenant::pg {

// Opens and closes the connection that the others need; an error closes it too.
void begin_sql();
void end_sql();

void run_sql(const char *format, ...) pg_attribute_printf(1, 2);

// Queries see what the active snapshot shows.

// The first column of the first row, 0 when there is none.
int64 query_number(const char *format, ...) pg_attribute_printf(1, 2);

// The first column of the first row as text in the caller's memory, NULL when there is none.
char *query_text(const char *format, ...) pg_attribute_printf(1, 2);

// "schema"."name", quoted as needed.
const char *qualified_name(Oid relation);

} // namespace pg_tenant::pg
