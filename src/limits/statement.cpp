#include "limits/statement.hpp"

#include <cstring>

#include "context/frame.hpp"
#include "context/seal.hpp"
#include "context/settings.hpp"
#include "jobs/run.hpp"
#include "limits/ceilings.hpp"
#include "limits/queue.hpp"
#include "limits/refusals.hpp"
#include "limits/resources.hpp"
#include "limits/rules.hpp"
#include "limits/shared.hpp"
#include "limits/sources.hpp"
#include "limits/wait.hpp"
#include "registry/grants.hpp"

extern "C" {
#include "access/parallel.h"
#include "access/xact.h"
#include "executor/spi.h"
#include "storage/ipc.h"
#include "tcop/pquery.h"
#include "tcop/tcopprot.h"
#include "utils/fmgroids.h"
#include "utils/timestamp.h"
}

namespace pg_tenant::limits {
namespace {

// The tenant that counts this session; NULL for none.
Shared *joined = nullptr;

// The statement that has a place now.
struct Running {
	Shared *shared; // NULL where there is none
	bool is_judged; // by the breaker
	uint32 era;
};
Running running = {};

// What was found for the statement that began last, of the tenant that is joined.
Rules rules = {};

bool is_inside = false;

// Whether the client's statement was let through: when it began, or when the tenant was set within it. Then
// it is for as long as that is the tenant.
enum class Admission { kNone, kWhole, kInside };
Admission admission = Admission::kNone;

// How many statements that this transaction is to run for the tenant that is joined have paid.
int paid = 0;
TimestampTz paid_in = 0;

// When the message came by which a client calls a function without a statement.
TimestampTz function_called_at = 0;

// When the transaction began in which a statement began last: it may have locks.
TimestampTz last_transaction = 0;

const core::TenantId *limited_tenant() {
	if (context::sees_all_tenants || jobs::inside_command)
		return nullptr;
	const core::TenantId *sealed = context::sealed_tenant();
	const core::TenantId *tenant = sealed != nullptr ? sealed : context::live_tenant();
	// A role that is bound to other tenants uses nothing up of this one, nor opens its breaker.
	return tenant != nullptr && registry::may_work_for(*tenant) ? tenant : nullptr;
}

void leave_joined() {
	if (joined != nullptr)
		leave(joined);
	joined = nullptr;
	paid = 0;
}

void end_running(core::Verdict verdict) {
	if (running.shared == nullptr)
		return;
	const Running ended = running;
	running.shared = nullptr;
	if (ended.is_judged) {
		const TimestampTz now = GetCurrentTimestamp();
		with_lock(ended.shared, [&] { ended.shared->breaker.judge(rules.breaker, ended.era, verdict, now); });
	}
	give_place_back(ended.shared);
}

core::Verdict verdict_on_error() {
	return is_failure(geterrcode()) ? core::Verdict::kFailure : core::Verdict::kSuccess;
}

// Errors that end the session pass no handler.
void at_exit(int, Datum) {
	abandon_queue();
	end_running(core::Verdict::kNone);
	leave_joined();
}

bool is_of(const Shared *shared, const char *id) {
	return shared->key.database == MyDatabaseId && strcmp(shared->key.id, id) == 0;
}

void join_tenant(const core::TenantId &id) {
	static bool is_registered = false;
	if (joined != nullptr && is_of(joined, id.text))
		return;
	leave_joined();
	if (!is_registered) {
		before_shmem_exit(at_exit, Datum(0));
		is_registered = true;
	}
	joined = join(id, rules.sessions);
	if (joined == nullptr)
		refuse_session(id, rules);
}

// ROLLBACK TO has taken back what was set since the savepoint, and begins another one.
void savepoint_begun(SubXactEvent event, SubTransactionId, SubTransactionId, void *) {
	if (event == SUBXACT_EVENT_START_SUB && !is_inside)
		keep_ceilings();
}

enum class Outcome { kRuns, kQueued, kNoPlace, kRate, kBreaker };

// Under the lock. How long until the breaker lets one through.
int64 breaker_wait(Shared *shared, TimestampTz now) {
	return rules.has_breaker || shared->breaker.is_held_open ? shared->breaker.wait(rules.breaker, now) : 0;
}

void judge_without_place(Shared *shared, core::Verdict verdict) {
	const TimestampTz now = GetCurrentTimestamp();
	with_lock(shared, [&] {
		// It was opened meanwhile.
		if (breaker_wait(shared, now) != 0)
			return;
		const uint32 era = shared->breaker.admit(rules.breaker, now);
		shared->breaker.judge(rules.breaker, era, verdict, now);
	});
}

// Under the lock; there is a place.
void run_from_now(Shared *shared, TimestampTz now) {
	running = {shared, rules.has_breaker, rules.has_breaker ? shared->breaker.admit(rules.breaker, now) : 0};
}

bool has_paid() { return paid > 0 && paid_in == GetCurrentTransactionStartTimestamp(); }

void note_paid() {
	paid = has_paid() ? paid + 1 : 1;
	paid_in = GetCurrentTransactionStartTimestamp();
}

Outcome take_tokens_alone(Shared *shared, Shortage *shortage) {
	const TimestampTz now = GetCurrentTimestamp();
	if (rules.has_rates)
		find_sources(shared, rules, now);
	Outcome outcome = Outcome::kRuns;
	with_lock(shared, [&] {
		shortage->wait = breaker_wait(shared, now);
		if (shortage->wait != 0)
			outcome = Outcome::kBreaker;
		else if (!take_tokens(shared, rules, now, shortage))
			outcome = Outcome::kRate;
	});
	return outcome;
}

Outcome admit(Shared *shared, bool may_wait, Shortage *shortage) {
	const TimestampTz now = GetCurrentTimestamp();
	const bool is_paid = has_paid();
	if (is_paid)
		paid--;
	else if (rules.has_rates)
		find_sources(shared, rules, now);
	Outcome outcome = Outcome::kRuns;
	Latch *served;
	with_lock(shared, [&] {
		shared->most_running = rules.statements;
		// There may be more places than before.
		served = hand_on(shared);
		shortage->wait = breaker_wait(shared, now);
		if (shortage->wait != 0) {
			outcome = Outcome::kBreaker;
		} else if (!is_paid && !take_tokens(shared, rules, now, shortage)) {
			outcome = Outcome::kRate;
		} else if (take_place(shared)) {
			run_from_now(shared, now);
		} else if (may_wait) {
			queue_up(shared);
			outcome = Outcome::kQueued;
		} else {
			outcome = Outcome::kNoPlace;
		}
	});
	if (served != nullptr)
		SetLatch(served);
	return outcome;
}

// After waiting, with a place.
void run_or_refuse(const core::TenantId &id, Shared *shared) {
	const TimestampTz now = GetCurrentTimestamp();
	int64 wait;
	Latch *served;
	with_lock(shared, [&] {
		wait = breaker_wait(shared, now);
		if (wait == 0)
			run_from_now(shared, now);
		served = hand_on(shared);
	});
	if (served != nullptr)
		SetLatch(served);
	if (wait != 0) {
		give_place_back(shared);
		refuse_by_breaker(id, wait);
	}
}

// Before it holds a lock of its transaction's, but for those of its own tables.
bool may_wait() {
	return rules.wait > 0 && GetCurrentTransactionStartTimestamp() != last_transaction &&
		   !TransactionIdIsValid(GetTopTransactionIdIfAny());
}

void refuse_unless_runs(Outcome outcome, const core::TenantId &id, const Shortage &shortage) {
	switch (outcome) {
	case Outcome::kRuns:
		return;
	case Outcome::kQueued:
		if (!wait_for_place(joined, rules.wait))
			refuse_place(id, rules);
		run_or_refuse(id, joined);
		return;
	case Outcome::kNoPlace:
		refuse_place(id, rules);
	case Outcome::kRate:
		refuse_rate(id, rules, shortage);
	case Outcome::kBreaker:
		refuse_by_breaker(id, shortage.wait);
	}
}

void admit_or_refuse(const core::TenantId &id) {
	Shortage shortage = {};
	const Outcome outcome = admit(joined, may_wait(), &shortage);
	refuse_unless_runs(outcome, id, shortage);
}

// More rows of what was let through: it goes on, whoever else runs.
void go_on(Shared *shared) {
	with_lock(shared, [&] { shared->running++; });
	running = {shared, false, 0};
}

void begin_limited(const core::TenantId &id, Part part) {
	join_tenant(id);
	// From where planning began.
	if (!has_paid() || !is_statement_timeout_shorter())
		shorten_statement_timeout(rules.statement_timeout);
	if (part == Part::kMore)
		go_on(joined);
	else
		admit_or_refuse(id);
}

// Of a tenant that nothing else limits.
void refuse_if_held_open(const core::TenantId *id) {
	if (id != nullptr && unlikely(count_held_open() > 0) && is_held_open(*id))
		refuse_by_breaker(*id, core::Breaker::kForever);
}

// The rules of the tenant, kept from now on; NULL where nothing limits it.
const Rules *begin_with_rules(const core::TenantId *id) {
	admission = Admission::kNone;
	const Rules *found = id == nullptr ? nullptr : find_rules(*id);
	keep_resources(found);
	if (found != nullptr) {
		rules = *found;
		return found;
	}
	leave_joined();
	rules = {};
	shorten_statement_timeout(0);
	refuse_if_held_open(id);
	return nullptr;
}

void begin_for(const core::TenantId *id, Part part) {
	if (begin_with_rules(id) == nullptr)
		return;
	begin_limited(*id, part);
	admission = Admission::kWhole;
}

// Where it can't be told when it ends. Whether anything limits it.
bool begin_without_place() {
	end_running(core::Verdict::kNone);
	const core::TenantId *id = limited_tenant();
	if (begin_with_rules(id) == nullptr)
		return false;
	join_tenant(*id);
	shorten_statement_timeout(rules.statement_timeout);
	Shortage shortage = {};
	const Outcome outcome = take_tokens_alone(joined, &shortage);
	refuse_unless_runs(outcome, *id, shortage);
	admission = Admission::kWhole;
	return true;
}

bool is_function_call() { return function_called_at == GetCurrentStatementStartTimestamp(); }

void begin_inside() {
	const core::TenantId *id = admission == Admission::kNone ? limited_tenant() : nullptr;
	if (id == nullptr)
		return;
	if (find_rules(*id) == nullptr) {
		refuse_if_held_open(id);
		return;
	}
	if (is_inside) {
		(void)begin_with_rules(id);
		begin_limited(*id, Part::kWhole);
	} else {
		(void)begin_without_place();
	}
	note_idle_timeout(rules.idle_timeout);
	admission = Admission::kInside;
}

void end_inside(core::Verdict verdict) {
	end_running(verdict);
	restore_statement_timeout();
	keep_resources(nullptr);
	admission = Admission::kNone;
}

void begin_deferred_trigger() {
	const core::TenantId *id = limited_tenant();
	const Rules *found = id == nullptr ? nullptr : find_rules(*id);
	limit_deferred_triggers(found == nullptr ? 0 : found->statement_timeout);
}

void transaction_ends(XactEvent event, void *) {
	if (event != XACT_EVENT_PARALLEL_PRE_COMMIT && event != XACT_EVENT_PARALLEL_COMMIT)
		end_deferred_triggers();
}

bool is_in_trigger() { return DatumGetInt32(OidFunctionCall0(F_PG_TRIGGER_DEPTH)) > 0; }

// There is no other way to ask, and this one changes nothing.
bool is_in_spi() { return SPI_unregister_relation("") != SPI_ERROR_UNCONNECTED; }

} // namespace

bool is_top_level() {
	// Without a portal: triggers that were deferred to a commit, or what is called while a statement is
	// planned.
	return is_in_force() && !is_inside && ActivePortal != nullptr && !IsParallelWorker();
}

void begin_query() {
	if (!is_in_force())
		return;
	if (IsParallelWorker()) {
		if (!is_inside)
			keep_resources_of_leader();
		return;
	}
	const bool has_no_portal = !is_inside && ActivePortal == nullptr;
	const bool is_deferred = has_no_portal && is_in_spi() && is_in_trigger();
	if (is_inside || (has_no_portal && !is_deferred && is_function_call())) {
		begin_inside();
		return;
	}
	const core::TenantId *id = limited_tenant();
	keep_resources(id == nullptr ? nullptr : find_rules(*id));
	if (is_deferred)
		begin_deferred_trigger();
}

bool begin_planning(const char *text) {
	if (!is_in_force())
		return false;
	// Of what a client's statement calls, of a parallel worker's, a trigger's that was deferred, or of a
	// function in SQL without a portal.
	if (is_inside || IsParallelWorker() || ActivePortal != nullptr || is_in_spi() ||
		text != debug_query_string) {
		begin_query();
		return false;
	}
	if (begin_without_place())
		note_paid();
	is_inside = true;
	return true;
}

bool is_function_sent() {
	// What checks values that are bound, or keys at the end of a transaction, has no portal either, and what
	// the function itself calls.
	return is_in_force() && !is_inside && ActivePortal == nullptr && !IsParallelWorker() &&
		   debug_query_string == nullptr && !is_function_call() && !is_in_spi() && !is_in_trigger();
}

void begin_function_call() {
	function_called_at = GetCurrentStatementStartTimestamp();
	(void)begin_without_place();
	last_transaction = GetCurrentTransactionStartTimestamp();
}

void fail_planning() {
	is_inside = false;
	const core::Verdict verdict = verdict_on_error();
	if (admission == Admission::kInside)
		end_inside(verdict);
	// Not what was refused here.
	else if (admission == Admission::kWhole && joined != nullptr && rules.has_breaker)
		judge_without_place(joined, verdict);
}

void end_planning() {
	is_inside = false;
	if (admission != Admission::kInside)
		return;
	end_inside(core::Verdict::kSuccess);
	// It is run next.
	note_paid();
}

void begin(Part part) {
	if (part != Part::kLast) {
		end_running(core::Verdict::kNone);
		begin_for(limited_tenant(), part);
		last_transaction = GetCurrentTransactionStartTimestamp();
	}
	is_inside = true;
}

void fail() {
	is_inside = false;
	end_running(verdict_on_error());
}

void end(Part part) {
	is_inside = false;
	if (part == Part::kFirst)
		return;
	end_running(core::Verdict::kSuccess);
	restore_statement_timeout();
	keep_ceilings();
}

void keep_ceilings() {
	if (is_in_force())
		lower_idle_timeout(joined == nullptr ? 0 : rules.idle_timeout);
}

void watch_transactions() {
	RegisterXactCallback(transaction_ends, nullptr);
	RegisterSubXactCallback(savepoint_begun, nullptr);
}

bool is_let_through_inside() { return admission == Admission::kInside; }

int64 most_rows() { return joined == nullptr ? 0 : rules.rows; }

void note_tenant(const char *id) {
	// Some do their work without a query.
	if (is_in_force() && IsParallelWorker())
		keep_resources_of_leader();
	if (admission == Admission::kInside && (id == nullptr || !is_of(joined, id)))
		// What an error takes back was judged, or is handled.
		end_inside(IsTransactionState() ? core::Verdict::kSuccess : core::Verdict::kNone);
	if (joined != nullptr && (id == nullptr || !is_of(joined, id)))
		leave_joined();
}

} // namespace pg_tenant::limits
