#include "alerts/launcher.hpp"

#include <cstring>

#include "context/settings.hpp"
#include "pg/error.hpp"
#include "pg/statement.hpp"

extern "C" {
#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_database.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "tcop/tcopprot.h"
#include "utils/backend_status.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/varlena.h"
#include "utils/wait_event.h"
}

namespace pg_tenant::alerts {
namespace {

constexpr int kRestartAfter = 5; // seconds
// A worker that waits for a lock keeps DROP DATABASE waiting, which gives up after five seconds.
constexpr const char *kLockTimeout = "2s";

BackgroundWorker new_worker(const char *name, const char *function) {
	BackgroundWorker worker = {};
	worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
	// Not on a standby, which could write no alert, before it is promoted.
	worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
	strlcpy(worker.bgw_name, name, BGW_MAXLEN);
	strlcpy(worker.bgw_type, name, BGW_MAXLEN);
	strlcpy(worker.bgw_library_name, "pg_tenant", BGW_MAXLEN);
	strlcpy(worker.bgw_function_name, function, BGW_MAXLEN);
	return worker;
}

List *listed_databases() {
	List *names;
	(void)SplitGUCList(pstrdup(context::alert_databases), ',', &names);
	return names;
}

bool takes_connections(const FormData_pg_database *database) {
	return database->datallowconn && database->datconnlimit != -2; // what a broken DROP DATABASE leaves
}

bool is_named(const List *names, const char *name) {
	ListCell *cell;
	foreach (cell, names) {
		if (strcmp(static_cast<const char *>(lfirst(cell)), name) == 0)
			return true;
	}
	return false;
}

// Without a database, this has no catalog but the shared ones, and of these not their indexes for sure.
List *find_databases(const List *names) {
	MemoryContext memory = CurrentMemoryContext;
	List *found = NIL;
	StartTransactionCommand();
	(void)GetTransactionSnapshot();
	Relation databases = table_open(DatabaseRelationId, AccessShareLock);
	TableScanDesc scan = table_beginscan_catalog(databases, 0, nullptr);
	HeapTuple tuple;
	while (HeapTupleIsValid(tuple = heap_getnext(scan, ForwardScanDirection))) {
		const auto *database = reinterpret_cast<Form_pg_database>(GETSTRUCT(tuple));
		if (!takes_connections(database) || !is_named(names, NameStr(database->datname)))
			continue;
		MemoryContext outer = MemoryContextSwitchTo(memory);
		found = lappend_oid(found, database->oid);
		MemoryContextSwitchTo(outer);
	}
	table_endscan(scan);
	table_close(databases, AccessShareLock);
	CommitTransactionCommand();
	MemoryContextSwitchTo(memory);
	return found;
}

// Once, until that changes: a database may come later, or go.
void report_missing(int missing) {
	static int reported = 0;
	if (missing > reported)
		ereport(LOG, (errmsg("%d of the databases in \"pg_tenant.alert_databases\" cannot be connected to",
							 missing),
					  errdetail("Alert rules are not evaluated there.")));
	reported = missing;
}

void run_round(Oid database) {
	static bool is_reported = false;
	BackgroundWorker worker = new_worker("pg_tenant alerts", "pg_tenant_alert_round");
	worker.bgw_restart_time = BGW_NEVER_RESTART;
	worker.bgw_main_arg = ObjectIdGetDatum(database);
	worker.bgw_notify_pid = MyProcPid;
	BackgroundWorkerHandle *handle;
	const bool is_started = RegisterDynamicBackgroundWorker(&worker, &handle);
	if (is_started)
		(void)WaitForBackgroundWorkerShutdown(handle);
	else if (!is_reported)
		ereport(WARNING, (errmsg("no background worker can be started that evaluates alert rules"),
						  errhint("\"max_worker_processes\" is how many the server may have.")));
	is_reported = !is_started;
}

void run_rounds() {
	List *names = listed_databases();
	List *databases = find_databases(names);
	report_missing(list_length(names) - list_length(databases));
	ListCell *cell;
	foreach (cell, databases)
		run_round(lfirst_oid(cell));
}

void note_interrupts() {
	CHECK_FOR_INTERRUPTS();
	if (ConfigReloadPending) {
		ConfigReloadPending = false;
		ProcessConfigFile(PGC_SIGHUP);
	}
}

// Rounds begin that far apart, whatever they take.
void wait_for_next(TimestampTz begun) {
	for (;;) {
		note_interrupts();
		const long left = TimestampDifferenceMilliseconds(
			GetCurrentTimestamp(), TimestampTzPlusMilliseconds(begun, context::alert_interval * 1000L));
		if (left <= 0)
			return;
		(void)WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, left, PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
	}
}

void evaluate() {
	static const char *command = "SELECT tenant.evaluate_alerts()";
	StartTransactionCommand();
	const bool is_installed = OidIsValid(get_extension_oid("pg_tenant", true));
	CommitTransactionCommand();
	if (!is_installed)
		return;
	pgstat_report_activity(STATE_RUNNING, command);
	pg::run_statement(command);
}

} // namespace

void register_launcher() {
	// pg_upgrade wants nothing else to be at work.
	if (pg::loaded_by != pg::LoadedBy::kShared || IsBinaryUpgrade || listed_databases() == NIL)
		return;
	BackgroundWorker worker = new_worker("pg_tenant alert launcher", "pg_tenant_alert_launcher");
	worker.bgw_restart_time = kRestartAfter;
	RegisterBackgroundWorker(&worker);
}

} // namespace pg_tenant::alerts

extern "C" {
PG_TENANT_EXPORT void pg_tenant_alert_launcher(Datum argument);
PG_TENANT_EXPORT void pg_tenant_alert_round(Datum argument);

void pg_tenant_alert_launcher(Datum) {
	using namespace pg_tenant;
	pg::require_initialised();
	pqsignal(SIGTERM, die);
	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	BackgroundWorkerUnblockSignals();
	BackgroundWorkerInitializeConnection(nullptr, nullptr, 0);
	MemoryContext memory =
		AllocSetContextCreate(TopMemoryContext, "pg_tenant alerts", ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(memory);
	for (;;) {
		const TimestampTz begun = GetCurrentTimestamp();
		alerts::run_rounds();
		MemoryContextReset(memory);
		alerts::wait_for_next(begun);
	}
}

// With the rights of the superuser that the cluster was made with; a rule cannot use them.
void pg_tenant_alert_round(Datum argument) {
	using namespace pg_tenant;
	pg::require_initialised();
	pqsignal(SIGTERM, die);
	BackgroundWorkerUnblockSignals();
	BackgroundWorkerInitializeConnectionByOid(DatumGetObjectId(argument), InvalidOid, 0);
	SetConfigOption("lock_timeout", alerts::kLockTimeout, PGC_SUSET, PGC_S_OVERRIDE);
	alerts::evaluate();
}
}
