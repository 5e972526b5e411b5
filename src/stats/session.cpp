#include "stats/session.hpp"

#include <cstring>
#include <ctime>

#include "context/frame.hpp"
#include "context/settings.hpp"
#include "registry/grants.hpp"
#include "registry/tenants.hpp"
#include "stats/table.hpp"

extern "C" {
#include "access/parallel.h"
#include "access/xact.h"
#include "executor/instrument.h"
#include "portability/instr_time.h"
#include "tcop/pquery.h"
#include "utils/timestamp.h"
}

namespace pg_tenant::stats {
namespace {

// What the process had used when it was looked at last.
struct Used {
	BufferUsage buffers;
	uint64 log_bytes;
	uint64 processor; // microseconds
};

struct Statement {
	// Of transactions, where it began; 0 outside a statement. An error leaves it, and comes with no call.
	int nest_level;
	instr_time begun;
	uint64 microseconds; // before what is around now
	uint64 rows;
	Counter kind;
	const QueryDesc *paused; // its triggers are still to run
};

Used used;
Statement statement;

// Asking for the processor's time is a system call.
constexpr uint64 kPause = 1000; // microseconds
uint64 since_asked = 0;

// What was used since the former tenant went is the next one's, unless something ran for nobody meanwhile.
bool is_looked_at = false;

// Errors before a statement of the tenant was begun: until then nobody has asked whether it is to be counted.
struct Early {
	core::TenantId tenant;
	Counters counted;
};
Early early;

uint64 processor_time() {
	timespec time;
	if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) != 0)
		return 0;
	return static_cast<uint64>(time.tv_sec) * USECS_PER_SEC + static_cast<uint64>(time.tv_nsec) / 1000;
}

void look_at_processor(Counters *counted) {
	const uint64 now = processor_time();
	if (counted != nullptr)
		counted->values[kProcessorMicroseconds] += now - used.processor;
	used.processor = now;
	since_asked = 0;
}

void look_at_usage(Counters *counted) {
	if (counted != nullptr) {
		uint64 *values = counted->values;
		values[kBlocksHit] +=
			static_cast<uint64>(pgBufferUsage.shared_blks_hit - used.buffers.shared_blks_hit);
		values[kBlocksRead] +=
			static_cast<uint64>(pgBufferUsage.shared_blks_read - used.buffers.shared_blks_read);
		values[kTemporaryBytes] +=
			static_cast<uint64>(pgBufferUsage.temp_blks_written - used.buffers.temp_blks_written) * BLCKSZ;
		values[kLogBytes] += pgWalUsage.wal_bytes - used.log_bytes;
	}
	used.buffers = pgBufferUsage;
	used.log_bytes = pgWalUsage.wal_bytes;
}

// The one whose statements are counted; NULL if nobody's are.
const core::TenantId *counted_tenant() {
	return context::sees_all_tenants ? nullptr : context::statement_tenant();
}

bool is_slot_of(const Slot *slot, const core::TenantId &tenant) {
	return slot->key.hash == tenant.hash && strcmp(slot->key.text, tenant.text) == 0;
}

// Anybody can set any id.
bool is_countable(const core::TenantId &tenant) {
	return registry::may_work_for(tenant) && registry::is_known(tenant);
}

void take_early_errors(Slot *slot, const core::TenantId &tenant) {
	if (early.tenant == tenant)
		add_counters(&slot->counted, early.counted);
	early.counted = {};
}

void change_tenant(Slot *slot, const core::TenantId &tenant) {
	const bool is_known = is_countable(tenant);
	if (!is_slot_of(slot, tenant) && (slot->counted.last_seen != 0 || slot->of_nobody.last_seen != 0))
		move_counted(slot);
	if (!is_looked_at) {
		look_at_processor(nullptr);
		look_at_usage(nullptr);
	}
	is_looked_at = false;
	if (!is_known) {
		early.counted = {};
		return;
	}
	begin_write(slot);
	if (!is_slot_of(slot, tenant)) {
		slot->key = {MyDatabaseId, tenant.hash, {}};
		memcpy(slot->key.text, tenant.text, tenant.length + 1);
	}
	if (unlikely(early.counted.last_seen != 0))
		take_early_errors(slot, tenant);
	slot->is_here = true;
	end_write(slot);
}

bool is_inside() { return statement.nest_level != 0; }

void enter_statement() {
	statement.nest_level = Max(GetCurrentTransactionNestLevel(), 1);
	INSTR_TIME_SET_CURRENT(statement.begun);
}

void leave() { statement.nest_level = 0; }

void see(Counters *counted) {
	const TimestampTz now = GetCurrentStatementStartTimestamp();
	if (counted->first_seen == 0)
		counted->first_seen = now;
	counted->last_seen = now;
}

void note_early_error(const core::TenantId &tenant, int sqlstate) {
	if (!(early.tenant == tenant))
		early = {tenant, {}};
	count_error(&early.counted, sqlstate);
	see(&early.counted);
}

// Since it was entered last, and before.
uint64 time_of_statement() {
	instr_time now;
	INSTR_TIME_SET_CURRENT(now);
	INSTR_TIME_SUBTRACT(now, statement.begun);
	return statement.microseconds + INSTR_TIME_GET_MICROSEC(now);
}

// With its time in `statement`.
void count_time(Slot *slot) {
	Counters *counted = &slot->counted;
	const uint64 time = statement.microseconds;
	counted->values[kMicroseconds] += time;
	counted->latency[core::latency_bucket(time)]++;
	counted->longest = Max(counted->longest, time);
	see(counted);
	look_at_usage(counted);
	since_asked += time;
	if (since_asked >= kPause)
		look_at_processor(counted);
	slot->is_running = false;
}

void count_statement() {
	Slot *slot = own_slot();
	statement.microseconds = time_of_statement();
	leave();
	if (slot == nullptr)
		return;
	begin_write(slot);
	slot->counted.values[statement.kind]++;
	slot->counted.values[kRows] += statement.rows;
	count_time(slot);
	end_write(slot);
}

// It was left without a word.
void abandon() {
	Slot *slot = own_slot();
	leave();
	statement.paused = nullptr;
	if (slot == nullptr || !slot->is_running)
		return;
	begin_write(slot);
	slot->is_running = false;
	end_write(slot);
}

// A procedure that rolls back goes on.
void transaction_ended(XactEvent event, void *) {
	if (event == XACT_EVENT_ABORT && ActivePortal == nullptr)
		abandon();
}

void subtransaction_ended(SubXactEvent event, SubTransactionId, SubTransactionId, void *) {
	if (event == SUBXACT_EVENT_ABORT_SUB && GetCurrentTransactionNestLevel() <= statement.nest_level)
		abandon();
}

} // namespace

void begin_tenant() {
	Slot *slot = own_slot();
	if (slot == nullptr || is_inside() || IsParallelWorker())
		return;
	const core::TenantId *tenant = counted_tenant();
	if (tenant == nullptr) {
		if (unlikely(slot->is_here))
			tenant_changed();
		is_looked_at = false;
	} else if (!slot->is_here || !is_slot_of(slot, *tenant)) {
		// In an aborted transaction the registry cannot be asked.
		if (IsTransactionState())
			change_tenant(slot, *tenant);
	}
}

bool begin_statement() {
	Slot *slot = own_slot();
	// What is called while a client's statement is planned has no portal yet.
	if (slot == nullptr || !slot->is_here || is_inside() || IsParallelWorker() || ActivePortal == nullptr)
		return false;
	statement.microseconds = 0;
	statement.paused = nullptr;
	enter_statement();
	begin_write(slot);
	slot->is_running = true;
	slot->since = GetCurrentStatementStartTimestamp();
	slot->statements++;
	end_write(slot);
	return true;
}

void end_statement(Counter kind, uint64 rows) {
	statement.rows = rows;
	statement.kind = kind;
	count_statement();
}

void pause_statement(const QueryDesc *query, Counter kind, uint64 rows) {
	statement.rows = rows;
	statement.kind = kind;
	statement.microseconds = time_of_statement();
	statement.paused = query;
	leave();
}

bool resume_statement(const QueryDesc *query) {
	if (statement.paused != query || is_inside())
		return false;
	statement.paused = nullptr;
	enter_statement();
	return true;
}

void finish_statement() { count_statement(); }

void note_error(int sqlstate) {
	Slot *slot = own_slot();
	if (slot == nullptr)
		return;
	const core::TenantId *tenant = counted_tenant();
	const bool is_own = slot->is_here && tenant != nullptr && is_slot_of(slot, *tenant);
	Counters *counted = is_own ? &slot->counted : &slot->of_nobody;
	begin_write(slot);
	// What fails without a tenant is no tenant's, but for refusals.
	if (is_own || is_refusal(sqlstate)) {
		count_error(counted, sqlstate);
		see(counted);
	} else if (tenant != nullptr) {
		note_early_error(*tenant, sqlstate);
	}
	if (slot->is_running) {
		statement.microseconds = time_of_statement();
		count_time(slot);
	}
	end_write(slot);
	leave();
}

void tenant_changed() {
	Slot *slot = own_slot();
	if (slot == nullptr || !slot->is_here)
		return;
	begin_write(slot);
	look_at_processor(&slot->counted);
	look_at_usage(&slot->counted);
	slot->is_here = false;
	end_write(slot);
	is_looked_at = true;
}

void watch_statements() {
	RegisterXactCallback(transaction_ended, nullptr);
	RegisterSubXactCallback(subtransaction_ended, nullptr);
}

} // namespace pg_tenant::stats
