// What this session counts of its tenant: top-level statements, with what they used. Statements that those
// call count with them. Nothing here raises but begin_tenant().
#pragma once

#include "stats/counters.hpp"

extern "C" {
#include "executor/execdesc.h"
}

namespace pg_tenant::stats {

// Before a top-level statement is planned, or checked: from now on what happens is the present tenant's. Of
// tenants that are not registered, of none, and of sessions that see all tenants, only errors are counted, as
// nobody's. May read the registry, and raise.
void begin_tenant();

// Around the work of a query or command. The first one says whether it is a top-level one: only then one of
// the others is called afterwards.
bool begin_statement();
void end_statement(Counter kind, uint64 rows);

// What is not complete before its triggers have run; around those.
void pause_statement(const QueryDesc *query, Counter kind, uint64 rows);
bool resume_statement(const QueryDesc *query);
void finish_statement();

// Of a session, as it is reported to the client.
void note_error(int sqlstate);

// The setting has been assigned.
void tenant_changed();

// Follows the ends of transactions; called once.
void watch_statements();

} // namespace pg_tenant::stats
