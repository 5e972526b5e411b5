// Memory and parallel workers that a tenant's configuration keeps below what the session has set. The
// server's variables are what is lower of both, in planning and execution; SET, SHOW and rollback know
// nothing of it, and so nothing need be given back. Each session says in shared memory what its parallel
// workers have to keep to.
#pragma once

#include "limits/rules.hpp"

extern "C" {
#include "executor/execdesc.h"
}

namespace pg_tenant::limits {

Size ceilings_size();
void make_ceilings(void *memory);

// Once, where the library is loaded with the server.
void hold_resource_settings();

// From now on, until the next call. NULL is without limits. Never raises.
void keep_resources(const Rules *rules);

// In a parallel worker: as its leader.
void keep_resources_of_leader();

// A plan may have been made when more workers were to be had. After the query was started.
void lower_workers(QueryDesc *query);

} // namespace pg_tenant::limits
