// A client's statement under the limits of its tenant: refused before it does anything, or counted until it
// ends. What it calls is part of it.
#pragma once

#include "pg/prelude.hpp"
#include "pg/scoped.hpp"

namespace pg_tenant::limits {

// A part of a statement that runs now: all of it, its beginning, its end, or more rows of a cursor.
enum class Part { kWhole, kFirst, kLast, kMore };

// Whether this would be a client's statement, on which there may be limits.
bool is_top_level();

// What follows is for run_limited().
void begin(Part part);
void fail();
void end(Part part);

template <typename Call> void run_limited(Part part, Call call) {
	if (!is_top_level()) {
		call();
		return;
	}
	begin(part);
	pg::catching(call, fail);
	end(part);
}

// Before a query or command is started. What a client's statement calls that had no limits itself may be the
// first that it does for a tenant: then the statement is let through here, or refused.
void begin_query();

// A client's statement pays where it is planned, since planning may run functions. What follows is for
// run_planning(); the first one says whether the others are to follow.
bool begin_planning(const char *text);
void fail_planning();
void end_planning();

template <typename Call> void run_planning(const char *text, Call call) {
	if (!begin_planning(text)) {
		call();
		return;
	}
	pg::catching(call, fail_planning);
	end_planning();
}

// Where a function is called: whether a client has sent that, rather than a statement. Then it begins so.
bool is_function_sent();
void begin_function_call();

// After a command that is not limited, and may have changed settings.
void keep_ceilings();

// Follows transactions and savepoints; called once.
void watch_transactions();

// Whether the client's statement was let through when it set the tenant, not when it began.
bool is_let_through_inside();

// The rows that a result may have; 0 is no limit.
int64 most_rows();

// The session's tenant is another now, or none: it is not counted for the former one. Never raises.
void note_tenant(const char *id);

} // namespace pg_tenant::limits
