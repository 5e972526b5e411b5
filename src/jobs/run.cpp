#include "jobs/run.hpp"

#include <cstring>

#include "context/frame.hpp"
#include "context/settings.hpp"
#include "jobs/progress.hpp"
#include "jobs/traces.hpp"
#include "pg/error.hpp"
#include "pg/scoped.hpp"
#include "pg/spi.hpp"
#include "registry/require.hpp"

extern "C" {
#include "access/xact.h"
#include "storage/latch.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/timeout.h"
}

namespace pg_tenant::jobs {

bool inside_command = false;

namespace {

volatile sig_atomic_t is_time_up = false;

// In a signal handler: as a cancel comes.
void time_is_up() {
	is_time_up = true;
	InterruptPending = true;
	QueryCancelPending = true;
	SetLatch(MyLatch);
}

TimeoutId time_limit() {
	static bool is_registered = false;
	static TimeoutId id;
	if (!is_registered) {
		id = RegisterTimeout(USER_TIMEOUT, time_is_up);
		is_registered = true;
	}
	return id;
}

void start_limit(const Job &job) {
	is_time_up = false;
	if (job.milliseconds > 0)
		enable_timeout_after(time_limit(), job.milliseconds);
}

void end_limit(const Job &job) {
	if (job.milliseconds > 0)
		disable_timeout(time_limit(), false);
	if (is_time_up)
		QueryCancelPending = false;
}

void require_time() {
	if (is_time_up)
		ereport(ERROR, (errcode(ERRCODE_QUERY_CANCELED), errmsg("the time limit ran out")));
}

void set_for_run(const char *setting, const char *value) {
	(void)set_config_option(setting, value, superuser() ? PGC_SUSET : PGC_USERSET, PGC_S_SESSION,
							GUC_ACTION_SAVE, true, 0, false);
}

// As a rollback does it, all settings are as they were before.
void run_command(const Job &job, const Claim &claim, Outcome *outcome) {
	core::TenantId id;
	context::read_tenant_id(claim.tenant, "tenant id", &id);
	const int level = NewGUCNestLevel();
	set_for_run(context::setting_name(core::Header::kTenantId), id.text);
	set_for_run("row_security", "on");
	registry::require_in_good_standing(id);
	outcome->status = "failed";
	start_limit(job);
	pg::with_value(&inside_command, true, [&] {
		context::with_frame(nullptr, [&] {
			pg::begin_sql();
			outcome->rows = pg::run_command(job.command, "in a job");
			// What waits for the end of the transaction waits for this tenant.
			pg::run_sql("SET CONSTRAINTS ALL IMMEDIATE");
			pg::end_sql();
		});
	});
	end_limit(job);
	require_time();
	AtEOXact_GUC(false, level);
	outcome->status = "done";
}

// Whether somebody wants the whole process to stop, rather than the command having raised it.
bool is_cancel(const ErrorData *error) {
	return error->sqlerrcode == ERRCODE_QUERY_CANCELED && !is_time_up && error->funcname != nullptr &&
		   strcmp(error->funcname, "ProcessInterrupts") == 0;
}

bool is_unfit(const ErrorData *error) {
	return error->sqlerrcode == ERRCODE_UNKNOWN_TENANT || error->sqlerrcode == ERRCODE_TENANT_NOT_ACTIVE;
}

constexpr const char *kSkipped = "skipped";

void note_error(const ErrorData *error, Outcome *outcome) {
	// Before the command began, a tenant may have turned out to be no longer active.
	if (outcome->status != kSkipped || !is_unfit(error))
		outcome->status = "failed";
	outcome->rows = 0;
	outcome->sqlstate = pstrdup(unpack_sql_state(error->sqlerrcode));
	outcome->message = is_time_up ? "the time limit ran out" : error->message;
	is_time_up = false;
}

// Runs a call. Returns its error, or NULL; `recover` undoes what it did.
template <typename Call, typename Recover> ErrorData *catch_error(Call call, Recover recover) {
	MemoryContext memory = CurrentMemoryContext;
	ErrorData *volatile error = nullptr;
	PG_TRY();
	{ call(); }
	PG_CATCH();
	{
		MemoryContextSwitchTo(memory);
		error = CopyErrorData();
		FlushErrorState();
		recover();
		MemoryContextSwitchTo(memory);
	}
	PG_END_TRY();
	return error;
}

// The command and the record of it, in a savepoint. Returns the error, or NULL.
ErrorData *run_claimed(const Job &job, const Claim &claim, Outcome *outcome) {
	MemoryContext memory = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	*outcome = {kSkipped, 0, nullptr, nullptr};
	return catch_error(
		[&] {
			BeginInternalSubTransaction(nullptr);
			MemoryContextSwitchTo(memory);
			run_command(job, claim, outcome);
			finish_run(job, claim, *outcome);
			ReleaseCurrentSubTransaction();
			MemoryContextSwitchTo(memory);
			CurrentResourceOwner = owner;
		},
		[&] {
			end_limit(job);
			RollbackAndReleaseCurrentSubTransaction();
			CurrentResourceOwner = owner;
		});
}

// The records of jobs are written under READ COMMITTED: what others write beside is no conflict.
void next_transaction(int isolation) {
	pg::with_value(&DefaultXactIsoLevel, isolation, [] { pg::commit_sql(); });
}

// If it is lost, the run was not recorded either.
void commit_claim(int isolation) {
	pg::with_value(&synchronous_commit, static_cast<int>(SYNCHRONOUS_COMMIT_OFF),
				   [&] { next_transaction(isolation); });
}

// A transaction that fails takes the session's lock with it. Returns the error, or NULL.
ErrorData *end_transaction(const Job &job, bool is_leader) {
	ErrorData *error = catch_error([] { next_transaction(XACT_READ_COMMITTED); }, [] { pg::resume_sql(); });
	if (error != nullptr && is_leader)
		lock_job(job.id);
	return error;
}

// After a failure nothing is left of the transaction, and it may not be able to commit even that.
void run_tenant(const Job &job, const Claim &claim, bool is_leader, const char *before, Outcome *outcome) {
	ErrorData *error = run_claimed(job, claim, outcome);
	if (error != nullptr && is_leader && is_cancel(error)) {
		clean_session(before);
		ReThrowError(error);
	}
	ErrorData *at_end = end_transaction(job, is_leader);
	if (error == nullptr && at_end == nullptr)
		return;
	note_error(error != nullptr ? error : at_end, outcome);
	finish_run(job, claim, *outcome);
	next_transaction(XACT_READ_COMMITTED);
}

void count_run(const Job &job, const Outcome &outcome, Tally *tally) {
	const bool is_done = strcmp(outcome.status, "done") == 0;
	const bool is_failed = strcmp(outcome.status, "failed") == 0;
	pg_atomic_fetch_add_u64(is_done ? &tally->done : is_failed ? &tally->failed : &tally->skipped, 1);
	if (is_failed && job.stops_on_error)
		pg_atomic_write_u32(&tally->is_stopped, 1);
}

bool take_tenant(const Job &job, Tally *tally, Claim *claim) {
	if (pg_atomic_read_u32(&tally->is_stopped) != 0)
		return false;
	if (claim_run(job, claim))
		return true;
	pg_atomic_write_u32(&tally->is_exhausted, 1);
	return false;
}

} // namespace

void begin_tally(Tally *tally) {
	pg_atomic_init_u64(&tally->done, 0);
	pg_atomic_init_u64(&tally->failed, 0);
	pg_atomic_init_u64(&tally->skipped, 0);
	pg_atomic_init_u32(&tally->is_stopped, 0);
	pg_atomic_init_u32(&tally->is_exhausted, 0);
}

void run_tenants(const Job &job, Tally *tally, pg_atomic_uint32 *claims, bool is_leader) {
	const char *before = note_session();
	const int isolation = DefaultXactIsoLevel;
	MemoryContext memory =
		AllocSetContextCreate(CurrentMemoryContext, "pg_tenant job", ALLOCSET_DEFAULT_SIZES);
	MemoryContext outer = MemoryContextSwitchTo(memory);
	Claim claim = {};
	next_transaction(XACT_READ_COMMITTED);
	if (is_leader)
		report(job, tally, 0);
	while (take_tenant(job, tally, &claim)) {
		pg_atomic_fetch_add_u32(claims, 1);
		commit_claim(isolation);
		Outcome outcome;
		run_tenant(job, claim, is_leader, before, &outcome);
		count_run(job, outcome, tally);
		clean_session(before);
		if (is_leader)
			report(job, tally, 0);
		MemoryContextReset(memory);
	}
	MemoryContextSwitchTo(outer);
	MemoryContextDelete(memory);
}

} // namespace pg_tenant::jobs
