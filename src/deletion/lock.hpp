// Rows are locked before they are marked as deleted, as if their keys changed: whoever is about to reference
// one waits, and then finds it deleted.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "executor/execdesc.h"
#include "storage/itemptr.h"
}

namespace pg_tenant::deletion {

// Notes, until its end, a query which has started, if it writes tables that soft-delete.
void note_writer(QueryDesc *query);

// The table of a row that is looked at again, since it was changed meanwhile: before BEFORE triggers the
// server gives it as no table's.
Oid table_of_row(Oid table, ItemPointer row);

// What became of the row meanwhile is seen to by the UPDATE that comes next. Raises TN006 if it is not the
// statement's tenant's, or no query of this session writes the table.
void lock_row(Oid table, ItemPointer row);

} // namespace pg_tenant::deletion
