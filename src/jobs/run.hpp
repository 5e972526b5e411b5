// One tenant of a job after the other, each in a transaction of its own that also records what came of it. In
// the session that called for the job, or in each of its background workers.
#pragma once

#include "jobs/records.hpp"

extern "C" {
#include "port/atomics.h"
}

namespace pg_tenant::jobs {

// What the processes of a job tell each other.
struct Tally {
	pg_atomic_uint64 done;
	pg_atomic_uint64 failed;
	pg_atomic_uint64 skipped;
	pg_atomic_uint32 is_stopped;   // no further tenant is to be taken
	pg_atomic_uint32 is_exhausted; // there is no further tenant
};

// Whether the session runs a job's command now.
extern bool inside_command;

void begin_tally(Tally *tally);

// Goes on until no tenant is left or the job is stopped; counts the tenants that it takes. A cancel ends a
// leader's run, and in a worker that of the present tenant.
void run_tenants(const Job &job, Tally *tally, pg_atomic_uint32 *claims, bool is_leader);

} // namespace pg_tenant::jobs
