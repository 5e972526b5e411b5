#include "jobs/lead.hpp"

#include "jobs/run.hpp"
#include "jobs/workers.hpp"
#include "pg/error.hpp"
#include "pg/progress.hpp"
#include "pg/spi.hpp"

namespace pg_tenant::jobs {
namespace {

// Returns how many tenants were taken.
int64 run_once(const Job &job, int parallel, Tally *tally) {
	if (parallel > 1) {
		const Crew crew =
			run_workers(job, static_cast<int>(Min(job.pending, static_cast<int64>(parallel))), tally);
		if (crew.started > 0)
			return crew.claims;
	}
	pg_atomic_uint32 claims;
	pg_atomic_init_u32(&claims, 0);
	begin_tally(tally);
	run_tenants(job, tally, &claims, true);
	return pg_atomic_read_u32(&claims);
}

// A worker that was killed may have left a tenant behind that the others had passed by.
Ending run_all(const Job &job, int parallel) {
	Tally tally;
	Ending ending;
	int64 claims;
	do {
		claims = run_once(job, parallel, &tally);
		ending = close_job(job);
		pg::commit_sql();
	} while (ending.pending > 0 && claims > 0 && pg_atomic_read_u32(&tally.is_stopped) == 0);
	if (ending.pending > 0 && claims == 0)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("no background worker could run job " INT64_FORMAT, job.id),
						errdetail("The server's log says why."),
						errhint("CALL tenant.resume_job(" INT64_FORMAT ", parallel => 1);", job.id)));
	return ending;
}

void report_ending(const Job &job, const Ending &ending) {
	if (ending.failed == 0)
		return;
	if (job.stops_on_error)
		ereport(ERROR, (errcode(MAKE_SQLSTATE(ending.sqlstate[0], ending.sqlstate[1], ending.sqlstate[2],
											  ending.sqlstate[3], ending.sqlstate[4])),
						errmsg("job " INT64_FORMAT " has stopped: %s", job.id, ending.message),
						errhint("CALL tenant.resume_job(" INT64_FORMAT ", retry => true);", job.id)));
	ereport(WARNING,
			(errmsg_plural("job " INT64_FORMAT " failed for " INT64_FORMAT " tenant",
						   "job " INT64_FORMAT " failed for " INT64_FORMAT " tenants", ending.failed, job.id,
						   ending.failed),
			 errhint("SELECT * FROM tenant.job_runs WHERE job_id = " INT64_FORMAT " AND status = 'failed';",
					 job.id)));
}

// `find` says which job it is.
template <typename Find> void lead(int parallel, bool retry, Find find) {
	if (parallel > 1)
		require_workers();
	pg::with_progress([&] {
		pg::begin_committing_sql();
		const int64 id = find();
		lock_job(id);
		const Job job = open_job(id, retry);
		pg::commit_sql();
		const Ending ending = run_all(job, parallel);
		unlock_job(id);
		report_ending(job, ending);
		pg::end_sql();
	});
}

} // namespace

void run_new_job(const Request &request, int parallel) {
	lead(parallel, false, [&] { return begin_job(request); });
}

void run_again(int64 id, int parallel, bool retry) {
	lead(parallel, retry, [id] { return id; });
}

} // namespace pg_tenant::jobs
