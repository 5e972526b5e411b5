// tenant.purge_deleted, purge_all, purge, and what the view of their progress reads
#include "pg/error.hpp"

#include "context/frame.hpp"
#include "deletion/progress.hpp"
#include "deletion/purge.hpp"
#include "deletion/purge_tenant.hpp"
#include "events/audit.hpp"
#include "hooks/hooks.hpp"
#include "pg/spi.hpp"
#include "registry/relations.hpp"
#include "sqlapi/arguments.hpp"
#include "stats/all_tenants.hpp"

extern "C" {
#include "access/htup_details.h"
#include "access/xact.h"
#include "funcapi.h"
#include "nodes/parsenodes.h"
#include "utils/backend_status.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"
}

namespace context = pg_tenant::context;
namespace deletion = pg_tenant::deletion;
namespace hooks = pg_tenant::hooks;
namespace registry = pg_tenant::registry;
namespace sqlapi = pg_tenant::sqlapi;

namespace {

// A CALL has no plan. If it brought the library, what comes next is seen by all hooks.
void require_may_commit(FunctionCallInfo fcinfo, const char *procedure) {
	sqlapi::require_outside_block(fcinfo, procedure);
	context::forget_unseen_portal();
}

// The moment that far back.
TimestampTz moment_before(FunctionCallInfo fcinfo, int argument) {
	if (PG_ARGISNULL(argument))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("older_than must not be null")));
	const TimestampTz now = GetCurrentStatementStartTimestamp();
	const TimestampTz moment = DatumGetTimestampTz(
		DirectFunctionCall2(timestamptz_mi_interval, TimestampTzGetDatum(now), PG_GETARG_DATUM(argument)));
	if (moment > now)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("older_than must not be negative")));
	return moment;
}

bool sees_all(Oid table) {
	const bool sees = hooks::may_see_all_tenants();
	if (sees && OidIsValid(table) && registry::is_protected(table))
		pg_tenant::stats::note_all_tenants(table);
	if (sees)
		pg_tenant::events::record_of_table(
			"deleted_rows_purged", OidIsValid(table) ? pg_tenant::pg::qualified_name(table) : nullptr);
	return sees;
}

constexpr const char *kCommands[] = {"purge_deleted", "purge_all", "purge"};
constexpr const char *kPhases[] = {"waiting for writers", "scanning table", "deleting rows", "counting rows"};

} // namespace

PG_TENANT_FUNCTION(pg_tenant_purge_deleted) {
	const Oid table = sqlapi::required_oid(fcinfo, 0, "table");
	const TimestampTz moment = moment_before(fcinfo, 1);
	int64 deleted = PG_ARGISNULL(2) ? 0 : PG_GETARG_INT64(2);
	deletion::require_purgeable_table(table);
	require_may_commit(fcinfo, "purge_deleted");
	TupleDesc descriptor;
	if (get_call_result_type(fcinfo, nullptr, &descriptor) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	deleted += deletion::purge_table(table, moment, sees_all(table));
	Datum value = Int64GetDatum(deleted);
	bool is_null = false;
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), &value, &is_null)));
}

PG_TENANT_FUNCTION(pg_tenant_purge_all) {
	const TimestampTz moment = moment_before(fcinfo, 0);
	const int batch = PG_ARGISNULL(1) ? 0 : PG_GETARG_INT32(1);
	if (batch < 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("batch_size must be at least 1")));
	require_may_commit(fcinfo, "purge_all");
	deletion::purge_all(moment, batch, sees_all(InvalidOid));
	PG_RETURN_VOID();
}

PG_TENANT_FUNCTION(pg_tenant_purge) {
	const char *tenant = sqlapi::required_text(fcinfo, 0, "tenant id");
	if (!PG_ARGISNULL(2) && PG_GETARG_BOOL(2)) {
		deletion::count_tenant(tenant);
		PG_RETURN_VOID();
	}
	const bool force = !PG_ARGISNULL(1) && PG_GETARG_BOOL(1);
	deletion::require_purgeable_tenant(tenant, force);
	require_may_commit(fcinfo, "purge");
	deletion::purge_tenant(tenant, force);
	PG_RETURN_VOID();
}

PG_TENANT_FUNCTION(pg_tenant_purge_progress) {
	InitMaterializedSRF(fcinfo, 0);
	auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
	for (int i = 1; i <= pgstat_fetch_stat_numbackends(); i++) {
		deletion::Reported reported;
		if (!deletion::read_report(i, &reported))
			continue;
		const deletion::Progress &progress = reported.progress;
		Datum values[9] = {Int32GetDatum(reported.pid),
						   ObjectIdGetDatum(reported.database),
						   ObjectIdGetDatum(progress.relation),
						   CStringGetTextDatum(kCommands[static_cast<int>(progress.command)]),
						   CStringGetTextDatum(kPhases[static_cast<int>(progress.phase)]),
						   Int64GetDatum(progress.tables_total),
						   Int64GetDatum(progress.tables_done),
						   Int64GetDatum(progress.rows_found),
						   Int64GetDatum(progress.rows_deleted)};
		bool nulls[9] = {};
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return Datum(0);
}
