// What tenant.jobs and tenant.job_runs say. They are read and written as the registry's owner; the caller of
// a job is granted none of it. Everything here needs pg::begin_committing_sql(), and may raise.
#pragma once

#include "core/tenant_id.hpp"
#include "pg/prelude.hpp"

extern "C" {
#include "storage/lock.h"
}

namespace pg_tenant::jobs {

// What a caller asks for; strings may be NULL where there is none.
struct Request {
	const char *name;
	const char *command;
	const char *condition;
	const char *on_error;
	int64 milliseconds; // for each tenant; 0 for as long as it takes
};

struct Job {
	int64 id;
	const char *command;
	bool stops_on_error;
	int milliseconds;
	int64 pending;
};

// The tenant that a process has taken, the how manieth try that is, and where its row is.
struct Claim {
	char tenant[core::kMaxIdBytes + 1];
	int attempt;
	char place[32];
};

struct Outcome {
	const char *status;
	int64 rows;
	const char *sqlstate; // NULL where there was no error
	const char *message;
};

struct Ending {
	int64 pending;
	int64 failed;
	const char *sqlstate; // of the first failure
	const char *message;
};

// The number of the job that is begun, or gone on with since it has that name and is not finished. The
// condition is asked with the caller's own privileges.
int64 begin_job(const Request &request);

// Locks a job until unlock_job(), or until the transaction fails; raises 55006 if another session has it.
void lock_job(int64 id);
void unlock_job(int64 id);

// Makes it ready: for the tenants that have not run, or that failed too. Raises unless it is the caller's.
Job open_job(int64 id, bool retry);

// What a worker has to know of a job that its leader has opened.
Job find_job(int64 id);

// Takes the next tenant after the one that was claimed before; false if there is none.
bool claim_run(const Job &job, Claim *claim);

// Raises 55006 if the claim is void: then nothing of what was done for it may be committed.
void finish_run(const Job &job, const Claim &claim, const Outcome &outcome);

// Called when nothing works on the job any more.
Ending close_job(const Job &job);

} // namespace pg_tenant::jobs
