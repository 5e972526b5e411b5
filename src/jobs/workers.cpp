#include "jobs/workers.hpp"

#include "jobs/progress.hpp"
#include "pg/error.hpp"
#include "pg/spi.hpp"
#include "pg/statement.hpp"

extern "C" {
#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_authid.h"
#include "postmaster/bgworker.h"
#include "storage/dsm.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "tcop/tcopprot.h"
#include "utils/backend_status.h"
#include "utils/guc.h"
#include "utils/syscache.h"
#include "utils/wait_event.h"
}

namespace pg_tenant::jobs {
namespace {

constexpr long kReportEvery = 1000; // milliseconds

// In shared memory, for a job's workers. The session's settings follow the counts of the workers.
struct Shared {
	int64 job;
	Oid database;
	Oid session_user;
	Oid role; // InvalidOid for none
	Tally tally;
	Size settings;
	pg_atomic_uint32 claims[FLEXIBLE_ARRAY_MEMBER];
};

struct Worker {
	BackgroundWorkerHandle *handle; // NULL when it has ended
	uint32 claims_before;
};

struct Team {
	dsm_segment *segment;
	Shared *shared;
	int count;
	Worker *workers;
};

Shared *mine = nullptr;
int my_number;

char *settings_of(Shared *shared) { return reinterpret_cast<char *>(shared) + shared->settings; }

Team new_team(const Job &job, int count) {
	const Size settings = MAXALIGN(offsetof(Shared, claims) + count * sizeof(pg_atomic_uint32));
	const Size size = EstimateGUCStateSpace();
	Team team = {};
	team.segment = dsm_create(settings + size, 0);
	// The transaction that makes it is not the last one.
	dsm_pin_mapping(team.segment);
	team.workers = static_cast<Worker *>(palloc0(count * sizeof(Worker)));
	team.count = count;
	auto *shared = static_cast<Shared *>(dsm_segment_address(team.segment));
	shared->job = job.id;
	shared->database = MyDatabaseId;
	shared->session_user = GetSessionUserId();
	shared->role = GetCurrentRoleId();
	shared->settings = settings;
	begin_tally(&shared->tally);
	for (int i = 0; i < count; i++)
		pg_atomic_init_u32(&shared->claims[i], 0);
	SerializeGUCState(size, settings_of(shared));
	team.shared = shared;
	return team;
}

bool start(Team *team, int number) {
	BackgroundWorker worker = {};
	worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
	worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
	worker.bgw_restart_time = BGW_NEVER_RESTART;
	snprintf(worker.bgw_name, BGW_MAXLEN, "pg_tenant job " INT64_FORMAT " of session %d", team->shared->job,
			 MyProcPid);
	strlcpy(worker.bgw_type, "pg_tenant job", BGW_MAXLEN);
	strlcpy(worker.bgw_library_name, "pg_tenant", BGW_MAXLEN);
	strlcpy(worker.bgw_function_name, "pg_tenant_job_worker", BGW_MAXLEN);
	worker.bgw_main_arg = UInt32GetDatum(dsm_segment_handle(team->segment));
	memcpy(worker.bgw_extra, &number, sizeof(number));
	worker.bgw_notify_pid = MyProcPid;
	Worker *started = &team->workers[number];
	started->claims_before = pg_atomic_read_u32(&team->shared->claims[number]);
	if (RegisterDynamicBackgroundWorker(&worker, &started->handle))
		return true;
	started->handle = nullptr;
	return false;
}

int start_all(Team *team) {
	int started = 0;
	while (started < team->count && start(team, started))
		started++;
	if (started < team->count)
		ereport(WARNING, (errmsg("%d of %d background workers can be started", started, team->count),
						  started > 0 ? 0 : errdetail("The session runs the job by itself."),
						  errhint("\"max_worker_processes\" is how many the server may have.")));
	return started;
}

// One that was killed in the middle of a tenant has a successor. One that took no tenant would have none that
// does better.
void replace(Team *team, int number) {
	Tally *tally = &team->shared->tally;
	Worker *ended = &team->workers[number];
	pfree(ended->handle);
	ended->handle = nullptr;
	if (pg_atomic_read_u32(&tally->is_exhausted) == 0 && pg_atomic_read_u32(&tally->is_stopped) == 0 &&
		pg_atomic_read_u32(&team->shared->claims[number]) != ended->claims_before)
		(void)start(team, number);
}

int look_after(Team *team) {
	int running = 0;
	for (int i = 0; i < team->count; i++) {
		pid_t pid;
		if (team->workers[i].handle != nullptr &&
			GetBackgroundWorkerPid(team->workers[i].handle, &pid) == BGWH_STOPPED)
			replace(team, i);
		running += team->workers[i].handle == nullptr ? 0 : 1;
	}
	return running;
}

void wait_for_all(const Job &job, Team *team) {
	int running;
	while ((running = look_after(team)) > 0) {
		report(job, &team->shared->tally, running);
		(void)WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, kReportEvery,
						PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
	}
}

// The session is cancelled or ends.
void dismiss(int, Datum argument) {
	auto *team = reinterpret_cast<Team *>(DatumGetPointer(argument));
	for (int i = 0; i < team->count; i++) {
		if (team->workers[i].handle != nullptr)
			TerminateBackgroundWorker(team->workers[i].handle);
	}
	dsm_detach(team->segment);
}

int64 count_claims(const Team &team) {
	int64 claims = 0;
	for (int i = 0; i < team.count; i++)
		claims += pg_atomic_read_u32(&team.shared->claims[i]);
	return claims;
}

void become_session() {
	StartTransactionCommand();
	RestoreGUCState(settings_of(mine));
	// Last, since the session's authorization ends a role.
	(void)set_config_option("role", OidIsValid(mine->role) ? GetUserNameFromId(mine->role, false) : "none",
							PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SET, true, 0, false);
	CommitTransactionCommand();
}

} // namespace

void require_workers() {
	HeapTuple tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(GetSessionUserId()));
	const bool may_log_in =
		HeapTupleIsValid(tuple) && reinterpret_cast<Form_pg_authid>(GETSTRUCT(tuple))->rolcanlogin;
	if (HeapTupleIsValid(tuple))
		ReleaseSysCache(tuple);
	if (pg::kWorkersLogIn && !may_log_in)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("role \"%s\" cannot have background workers, since it may not log in",
							   GetUserNameFromId(GetSessionUserId(), false)),
						errhint("CALL tenant.for_each(..., parallel => 1), or from PostgreSQL 17 on.")));
}

Crew run_workers(const Job &job, int wanted, Tally *result) {
	Team team = new_team(job, wanted);
	Crew crew = {};
	PG_ENSURE_ERROR_CLEANUP(dismiss, PointerGetDatum(&team));
	{
		crew.started = start_all(&team);
		pg::commit_sql_to_wait();
		wait_for_all(job, &team);
		pg::resume_sql();
	}
	PG_END_ENSURE_ERROR_CLEANUP(dismiss, PointerGetDatum(&team));
	crew.claims = count_claims(team);
	*result = team.shared->tally;
	dsm_detach(team.segment);
	return crew;
}

bool is_worker() { return mine != nullptr; }

void work() {
	pg::begin_committing_sql();
	const Job job = find_job(mine->job);
	pgstat_report_activity(STATE_RUNNING, job.command);
	run_tenants(job, &mine->tally, &mine->claims[my_number], false);
	pg::end_sql();
}

} // namespace pg_tenant::jobs

extern "C" {
PG_TENANT_EXPORT void pg_tenant_job_worker(Datum argument);

void pg_tenant_job_worker(Datum argument) {
	using namespace pg_tenant::jobs;
	pg_tenant::pg::require_initialised();
	pqsignal(SIGTERM, die);
	BackgroundWorkerUnblockSignals();
	dsm_segment *segment = dsm_attach(DatumGetUInt32(argument));
	// The session is gone.
	if (segment == nullptr)
		return;
	mine = static_cast<Shared *>(dsm_segment_address(segment));
	memcpy(&my_number, MyBgworkerEntry->bgw_extra, sizeof(my_number));
	BackgroundWorkerInitializeConnectionByOid(mine->database, mine->session_user,
											  pg_tenant::pg::kConnectAnyRole);
	process_session_preload_libraries();
	become_session();
	// Which does the worker's part, since this is one.
	pg_tenant::pg::run_statement("CALL tenant.for_each('')");
}
}
