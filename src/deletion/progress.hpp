// How far a purge has come, for tenant.stat_progress_purge: in the memory where the server itself keeps the
// progress of each backend, so that it is there without preloading, and gone with the backend.
#pragma once

#include "pg/prelude.hpp"

namespace pg_tenant::deletion {

enum class Command { kPurgeDeleted, kPurgeAll, kPurge };
enum class Phase { kWaiting, kScanning, kDeleting, kCounting };

struct Progress {
	Command command;
	Phase phase;
	Oid relation;
	int64 tables_total;
	int64 tables_done;
	int64 rows_found; // in this relation
	int64 rows_deleted;
};

void report(const Progress &progress);

// What the backend of that number reports, counted from 1; false if it purges nothing.
struct Reported {
	int pid;
	Oid database;
	Progress progress;
};
bool read_report(int index, Reported *reported);

} // namespace pg_tenant::deletion
