// What ANALYZE keeps of all tenants' rows: the most common values of columns, of expression indexes and of
// extended statistics. Queries of a confined session do not see those of protected tables. All may raise.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace pg_tenant::isolation {

// Whether this is one of the two catalogs that hold them.
bool holds_statistics(Oid relation);

// Filters one of them in a query, at this place of its range table.
void hide_statistics(Query *query, RangeTblEntry *entry, int index);

// Whether statistics are of rows of several tenants, by the catalog that they are in and by what they are of:
// a table or an index, or extended statistics.
bool are_shared_statistics(Oid catalog, Oid object);

} // namespace pg_tenant::isolation
