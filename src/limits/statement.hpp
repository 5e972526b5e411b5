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

// Before a query is planned, and before it is started.
void begin_query();

// After a command that is not limited, and may have changed settings.
void keep_ceilings();

// Follows savepoints; called once.
void watch_savepoints();

// The rows that a result may have; 0 is no limit.
int64 most_rows();

// The session's tenant is another now, or none: it is not counted for the former one. Never raises.
void note_tenant(const char *id);

} // namespace pg_tenant::limits
