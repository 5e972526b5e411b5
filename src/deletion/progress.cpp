#include "deletion/progress.hpp"

#include "pg/progress.hpp"

namespace pg_tenant::deletion {
namespace {

constexpr int64 kOurs = 0x7067745f70757267;

enum Parameter { kOwner, kCommand, kPhase, kTablesTotal, kTablesDone, kRowsFound, kRowsDeleted };

} // namespace

void report(const Progress &progress) {
	const int64 values[] = {kOurs,
							static_cast<int64>(progress.command),
							static_cast<int64>(progress.phase),
							progress.tables_total,
							progress.tables_done,
							progress.rows_found,
							progress.rows_deleted};
	pg::report_progress(progress.relation, values);
}

bool read_report(int index, Reported *reported) {
	const PgBackendStatus *status = pg::find_progress(index, kOurs);
	if (status == nullptr)
		return false;
	const int64 *values = status->st_progress_param;
	reported->pid = status->st_procpid;
	reported->database = status->st_databaseid;
	reported->progress = {static_cast<Command>(values[kCommand]),
						  static_cast<Phase>(values[kPhase]),
						  status->st_progress_command_target,
						  values[kTablesTotal],
						  values[kTablesDone],
						  values[kRowsFound],
						  values[kRowsDeleted]};
	return true;
}

} // namespace pg_tenant::deletion
