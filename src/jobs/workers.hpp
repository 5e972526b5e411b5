// Background workers that run a job's command for a session: as its role and with its settings, so that they
// may do what it may and nothing else.
#pragma once

#include "jobs/run.hpp"

namespace pg_tenant::jobs {

// Raises where a worker could not be the session's user.
void require_workers();

// Runs the job with that many workers, or as many as there are, and returns when they have ended: how many
// tenants they have taken. 0 where no worker could be started. Between two transactions; a snapshot is not
// held meanwhile.
struct Crew {
	int started;
	int64 claims;
};
Crew run_workers(const Job &job, int wanted, Tally *result);

// Whether this process is such a worker; then it does its part of the job.
bool is_worker();
void work();

} // namespace pg_tenant::jobs
