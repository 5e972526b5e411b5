#include "jobs/progress.hpp"

#include "pg/progress.hpp"

namespace pg_tenant::jobs {
namespace {

constexpr int64 kOurs = 0x7067745f6a6f6273;

enum Parameter { kOwner, kJob, kWorkers, kTotal, kDone, kFailed, kSkipped };

int64 read(pg_atomic_uint64 *counter) { return static_cast<int64>(pg_atomic_read_u64(counter)); }

} // namespace

void report(const Job &job, Tally *tally, int workers) {
	const int64 values[] = {
		kOurs, job.id, workers, job.pending, read(&tally->done), read(&tally->failed), read(&tally->skipped)};
	pg::report_progress(InvalidOid, values);
}

bool read_report(int index, Reported *reported) {
	const PgBackendStatus *status = pg::find_progress(index, kOurs);
	if (status == nullptr)
		return false;
	const int64 *values = status->st_progress_param;
	*reported = {status->st_procpid, status->st_databaseid, values[kJob],    values[kWorkers],
				 values[kTotal],     values[kDone],         values[kFailed], values[kSkipped]};
	return true;
}

} // namespace pg_tenant::jobs
