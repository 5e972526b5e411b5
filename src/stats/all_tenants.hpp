// Statements that run for all tenants: how many there were, in the whole server, and a line in the log.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "datatype/timestamp.h"
}

namespace pg_tenant::stats {

struct AllTenants {
	uint64 statements;
	TimestampTz last_at; // 0 before the first
};

// Asks for the shared memory, and makes it; for the server's hooks of these names.
void request_memory();
void make_memory();

// Counts a statement on this protected relation, and logs it as pg_tenant.log_all_tenants says. Never writes
// a table: it is the same on a standby and in a transaction that is rolled back.
void note_all_tenants(Oid relation);

// Raises 55000 without preloading.
AllTenants read_all_tenants();

} // namespace pg_tenant::stats
