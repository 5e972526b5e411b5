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

bool is_shortened = false;
// When the server's own would have come; 0 where there was none.
TimestampTz former_end = 0;

// The present statement's is, or was, armed.
bool is_timed = false;

} // namespace

void shorten_statement_timeout(int most) {
	is_shortened = false;
	is_timed = get_timeout_active(STATEMENT_TIMEOUT);
	if (most == 0)
		return;
	const TimestampTz end = TimestampTzPlusMilliseconds(GetCurrentStatementStartTimestamp(), most);
	former_end = is_timed ? get_timeout_finish_time(STATEMENT_TIMEOUT) : 0;
	if (is_timed && former_end <= end)
		return;
	if (is_timed)
		disable_timeout(STATEMENT_TIMEOUT, false);
	enable_timeout_at(STATEMENT_TIMEOUT, end);
	is_shortened = true;
	is_timed = true;
}

void restore_statement_timeout() {
	if (!is_shortened)
		return;
	is_shortened = false;
	disable_timeout(STATEMENT_TIMEOUT, false);
	if (former_end != 0)
		enable_timeout_at(STATEMENT_TIMEOUT, former_end);
}

void lower_idle_timeout(int most) {
	if (most == 0 || !IsTransactionState() || !IsTransactionBlock() ||
		(IdleInTransactionSessionTimeout > 0 && IdleInTransactionSessionTimeout <= most))
		return;
	char value[32];
	snprintf(value, sizeof(value), "%d", most);
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
