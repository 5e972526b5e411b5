// A tenant gets a partition of its own while its table is in use: the rows of the partition that it shares
// are copied in batches into two new tables, and what is written meanwhile is repeated there; then these take
// its place.
#pragma once

#include "pg/prelude.hpp"

namespace pg_tenant::isolation {

// Commits as it goes: for a procedure that was called outside a transaction block. May raise; what it leaves
// then changes no answer, and the next call takes it away.
void isolate_tenant(Oid table, const char *tenant, int batch);

} // namespace pg_tenant::isolation
