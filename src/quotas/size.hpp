// What rows are worth in bytes: their share of the files of their table.
#pragma once

#include "pg/prelude.hpp"

namespace pg_tenant::quotas {

// Of a table or a part; the number may be negative. Without indexes. May raise.
int64 bytes_of_rows(Oid relation, int64 rows);

} // namespace pg_tenant::quotas
