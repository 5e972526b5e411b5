// How far a job has come, for tenant.stat_progress_jobs: where the server keeps the progress of its commands.
#pragma once

#include "jobs/run.hpp"

namespace pg_tenant::jobs {

void report(const Job &job, Tally *tally, int workers);

// What the backend of that number reports, counted from 1; false if it leads no job.
struct Reported {
	int pid;
	Oid database;
	int64 job;
	int64 workers;
	int64 total;
	int64 done;
	int64 failed;
	int64 skipped;
};
bool read_report(int index, Reported *reported);

} // namespace pg_tenant::jobs
