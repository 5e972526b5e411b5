// What backends report of the commands that they run. Core's own views show commands that core knows; what a
// backend reports under no command is seen by who looks for it. Another extension may do so too, so each
// report begins with a number that says whose it is.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "commands/progress.h"
#include "storage/ipc.h"
#include "utils/backend_progress.h"
#include "utils/backend_status.h"
}

namespace pg_tenant::pg {

// Of the backends that there are at the transaction's first look; from 1 to pgstat_fetch_stat_numbackends().
inline const PgBackendStatus *backend_status(int index) {
#if PG_VERSION_NUM >= 160000
	const LocalPgBackendStatus *local = pgstat_get_local_beentry_by_index(index);
#else
	const LocalPgBackendStatus *local = pgstat_fetch_stat_local_beentry(index);
#endif
	return local == nullptr ? nullptr : &local->backendStatus;
}

template <int count> void report_progress(Oid relation, const int64 (&values)[count]) {
	int indexes[count];
	for (int i = 0; i < count; i++)
		indexes[i] = i;
	pgstat_progress_start_command(PROGRESS_COMMAND_INVALID, relation);
	pgstat_progress_update_multi_param(count, indexes, values);
}

inline void end_progress() { pgstat_progress_start_command(PROGRESS_COMMAND_INVALID, InvalidOid); }

inline void end_progress_at_exit(int, Datum) { end_progress(); }

// A session that ends leaves what it reported to the next one in its place. For good, and not by
// PG_ENSURE_ERROR_CLEANUP: what a user's command has to be done at exit, such as for its first temporary
// table, comes later and stays.
inline void watch_exit() {
	static bool is_watched = false;
	if (!is_watched)
		before_shmem_exit(end_progress_at_exit, Datum(0));
	is_watched = true;
}

// Runs a call that reports.
template <typename Call> void with_progress(Call call) {
	watch_exit();
	PG_TRY();
	{ call(); }
	PG_FINALLY();
	{ end_progress(); }
	PG_END_TRY();
}

// The backend of that number, if it reports what begins so; else NULL.
inline const PgBackendStatus *find_progress(int index, int64 owner) {
	const PgBackendStatus *status = backend_status(index);
	return status != nullptr && status->st_procpid > 0 &&
				   status->st_progress_command == PROGRESS_COMMAND_INVALID &&
				   status->st_progress_param[0] == owner
			   ? status
			   : nullptr;
}

} // namespace pg_tenant::pg
