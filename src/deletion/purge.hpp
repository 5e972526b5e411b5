// Rows that were marked as deleted long enough ago are removed. Commits as it goes: for procedures that were
// called outside a transaction block. May raise; what was removed by then stays so, and the next call goes
// on.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "datatype/timestamp.h"
}

namespace pg_tenant::deletion {

// Raises unless rows of the table are soft-deleted and the caller may purge them.
void require_purgeable_table(Oid table);

// Rows that were marked before this moment: the session's tenant's, or all if it sees all. Returns how many
// went of this table, its partitions and children; those that reference them went before.
int64 purge_table(Oid table, TimestampTz moment, bool sees_all);

// The same for every table from which the caller may delete.
void purge_all(TimestampTz moment, int batch, bool sees_all);

} // namespace pg_tenant::deletion
