#include "limits/ceilings.hpp"

extern "C" {
#include "access/xact.h"
#include "storage/proc.h"
#include "utils/guc.h"
#include "utils/timeout.h"
#include "utils/timestamp.h"
}

namespace pg_tenant::limits {
namespace {

// When the statement is to end where that is sooner than the server has it, else 0; and when the server's own
// would have come, 0 where there was none.
TimestampTz own_end = 0;
TimestampTz former_end = 0;

bool are_triggers_limited = false;
int trigger_limit = 0; // 0 is none

// The present statement's is, or was, armed.
bool is_timed = false;

// The least limit of the transaction that began then: it holds for it also where the tenant is another by
// now.
TimestampTz limited_transaction = 0;
int idle_limit = 0;

// All statements that a client sends at once have the time of the first one's start.
TimestampTz start_of_statement() {
	static TimestampTz last = 0;
	const TimestampTz start = GetCurrentStatementStartTimestamp();
	if (start == last)
		return GetCurrentTimestamp();
	last = start;
	return start;
}

} // namespace

void shorten_statement_timeout(int most) {
	restore_statement_timeout();
	is_timed = get_timeout_active(STATEMENT_TIMEOUT);
	const TimestampTz start = start_of_statement();
	if (most == 0)
		return;
	const TimestampTz end = TimestampTzPlusMilliseconds(start, most);
	former_end = is_timed ? get_timeout_finish_time(STATEMENT_TIMEOUT) : 0;
	if (is_timed && former_end <= end)
		return;
	if (is_timed)
		disable_timeout(STATEMENT_TIMEOUT, false);
	enable_timeout_at(STATEMENT_TIMEOUT, end);
	own_end = end;
	is_timed = true;
}

// The server may have ended it, and begun its own.
bool is_statement_timeout_shorter() {
	return own_end != 0 && get_timeout_active(STATEMENT_TIMEOUT) &&
		   get_timeout_finish_time(STATEMENT_TIMEOUT) == own_end;
}

void restore_statement_timeout() {
	const bool is_there = is_statement_timeout_shorter();
	own_end = 0;
	if (!is_there)
		return;
	disable_timeout(STATEMENT_TIMEOUT, false);
	if (former_end != 0)
		enable_timeout_at(STATEMENT_TIMEOUT, former_end);
}

void limit_deferred_triggers(int most) {
	// The first limit, or a shorter one of a tenant that is set by then.
	if (are_triggers_limited && (most == 0 || (trigger_limit != 0 && trigger_limit <= most)))
		return;
	are_triggers_limited = true;
	trigger_limit = most;
	shorten_statement_timeout(most);
}

void end_deferred_triggers() {
	if (!are_triggers_limited)
		return;
	are_triggers_limited = false;
	restore_statement_timeout();
}

void note_idle_timeout(int most) {
	const TimestampTz transaction = GetCurrentTransactionStartTimestamp();
	if (limited_transaction != transaction)
		idle_limit = 0;
	limited_transaction = transaction;
	if (most != 0 && (idle_limit == 0 || most < idle_limit))
		idle_limit = most;
}

void lower_idle_timeout(int most) {
	if (!IsTransactionState() || !IsTransactionBlock())
		return;
	note_idle_timeout(most);
	if (idle_limit == 0 ||
		(IdleInTransactionSessionTimeout > 0 && IdleInTransactionSessionTimeout <= idle_limit))
		return;
	char value[32];
	snprintf(value, sizeof(value), "%d", idle_limit);
	(void)set_config_option("idle_in_transaction_session_timeout", value, PGC_USERSET, PGC_S_SESSION,
							GUC_ACTION_LOCAL, true, 0, false);
}

bool is_failure(int code) {
	// User's cancels have the same code.
	if (code == ERRCODE_QUERY_CANCELED)
		return is_timed && !get_timeout_active(STATEMENT_TIMEOUT);
	const int category = ERRCODE_TO_CATEGORY(code);
	return category == ERRCODE_INSUFFICIENT_RESOURCES || category == ERRCODE_SYSTEM_ERROR ||
		   category == ERRCODE_INTERNAL_ERROR || code == ERRCODE_T_R_DEADLOCK_DETECTED;
}

} // namespace pg_tenant::limits
