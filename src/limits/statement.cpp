#include "limits/statement.hpp"

#include <cstring>

#include "context/frame.hpp"
#include "context/seal.hpp"
#include "context/settings.hpp"
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
#include "storage/ipc.h"
#include "tcop/pquery.h"
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

// When the transaction began in which a statement began last: it may have locks.
TimestampTz last_transaction = 0;

const core::TenantId *limited_tenant() {
	if (context::sees_all_tenants)
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

// Under the lock; there is a place.
void run_from_now(Shared *shared, TimestampTz now) {
	running = {shared, rules.has_breaker, rules.has_breaker ? shared->breaker.admit(rules.breaker, now) : 0};
}

Outcome admit(Shared *shared, bool may_wait, Shortage *shortage) {
	const TimestampTz now = GetCurrentTimestamp();
	if (rules.has_rates)
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
		} else if (!take_tokens(shared, rules, now, shortage)) {
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

void admit_or_refuse(const core::TenantId &id) {
	Shortage shortage = {};
	switch (admit(joined, may_wait(), &shortage)) {
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

// More rows of what was let through: it goes on, whoever else runs.
void go_on(Shared *shared) {
	with_lock(shared, [&] { shared->running++; });
	running = {shared, false, 0};
}

void begin_limited(const core::TenantId &id, Part part) {
	join_tenant(id);
	shorten_statement_timeout(rules.statement_timeout);
	if (part == Part::kMore)
		go_on(joined);
	else
		admit_or_refuse(id);
}

void begin_for(const core::TenantId *id, Part part) {
	const Rules *found = id == nullptr ? nullptr : find_rules(*id);
	keep_resources(found);
	if (found == nullptr) {
		leave_joined();
		rules = {};
		shorten_statement_timeout(0);
		if (id != nullptr && unlikely(count_held_open() > 0) && is_held_open(*id))
			refuse_by_breaker(*id, core::Breaker::kForever);
		return;
	}
	rules = *found;
	begin_limited(*id, part);
}

} // namespace

bool is_top_level() {
	// Without a portal: triggers that were deferred to a commit, or what is called while a statement is
	// planned.
	return is_in_force() && !is_inside && ActivePortal != nullptr && !IsParallelWorker();
}

void begin_query() {
	if (!is_in_force() || is_inside)
		return;
	if (IsParallelWorker()) {
		keep_resources_of_leader();
		return;
	}
	const core::TenantId *id = limited_tenant();
	keep_resources(id == nullptr ? nullptr : find_rules(*id));
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
	end_running(is_failure(geterrcode()) ? core::Verdict::kFailure : core::Verdict::kSuccess);
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

void watch_savepoints() { RegisterSubXactCallback(savepoint_begun, nullptr); }

int64 most_rows() { return joined == nullptr ? 0 : rules.rows; }

void note_tenant(const char *id) {
	// Some do their work without a query.
	if (is_in_force() && IsParallelWorker())
		keep_resources_of_leader();
	if (joined != nullptr && (id == nullptr || !is_of(joined, id)))
		leave_joined();
}

} // namespace pg_tenant::limits
