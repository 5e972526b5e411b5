// What is counted of all tenants, in shared memory: a table of as many as pg_tenant.max_tracked_tenants says,
// and a slot for each backend, which it alone writes. A backend counts in its slot without a lock; when its
// tenant changes, and when it ends, what it has counted is moved into the table under one. What is read is
// the sum of both.
#pragma once

#include "stats/entries.hpp"

extern "C" {
#include "port/atomics.h"
}

namespace pg_tenant::stats {

struct Slot {
	// Odd while the backend writes.
	pg_atomic_uint32 changes;
	// Somebody wants it to begin at zero; until it has, what it holds does not count.
	pg_atomic_uint32 is_void;
	int pid;      // 0: nobody's
	Key key;      // that of nobody until there is a tenant
	bool is_here; // the tenant is the session's still
	bool is_running;
	TimestampTz since; // of the statement that runs now, or ran last
	uint64 statements;
	Counters counted;
	Counters of_nobody; // what happened while it had no tenant
};

struct Row {
	Key key;
	Counters counted;
	int64 sessions;
	int64 running;
	bool is_named;
};

struct Info {
	int64 most;
	int64 now;
	int64 evictions;
	TimestampTz since; // everything counts from then on
};

// For the server's hooks of these names.
void request_table_memory();
void make_table_memory();

// This backend's, made by the first call; it is given back when the backend ends. NULL without preloading, if
// nothing is to be tracked, or in a process that is no session.
Slot *own_slot();

// Around each write of this backend's to its own slot, which may not raise.
void begin_write(Slot *slot);
void end_write(Slot *slot);

// Moves what this backend's slot has counted into the table. Takes the lock: not between those two, since
// readers of the slot may hold it.
void move_counted(Slot *slot);

// The tenants of this database, and nobody; in memory of the caller's. Raise 55000 where nothing is tracked.
Row *read_rows(int *count);
Slot *read_slots(int *count);

// As many tenants as have taken the most time, and all others as nobody; what metrics show (named.hpp).
Row *read_most_used(int most, int *count);
Info read_info();

// Forgets what was counted of a tenant of this database, or of all that is in it (NULL).
void reset(const core::TenantId *id);

} // namespace pg_tenant::stats
