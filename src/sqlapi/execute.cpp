// tenant.execute, tenant.query, tenant.execute_all: one command as another tenant, or for all of them, with
// the caller's own privileges
#include "pg/error.hpp"

#include "context/frame.hpp"
#include "context/settings.hpp"
#include "events/audit.hpp"
#include "limits/result.hpp"
#include "pg/json.hpp"
#include "pg/spi.hpp"
#include "registry/require.hpp"
#include "sqlapi/arguments.hpp"

extern "C" {
#include "catalog/pg_type_d.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/jsonb.h"
#include "utils/tuplestore.h"
}

using pg_tenant::core::TenantId;
namespace context = pg_tenant::context;
namespace pg = pg_tenant::pg;
namespace sqlapi = pg_tenant::sqlapi;

namespace {

constexpr long kBatch = 1000;

// From here on the tenant is this one, until restore_settings() or an error ends the nest level.
int switch_tenant(FunctionCallInfo fcinfo) {
	TenantId id;
	context::read_tenant_id(sqlapi::required_text(fcinfo, 0, "tenant id"), "tenant id", &id);
	const int level = NewGUCNestLevel();
	(void)set_config_option(context::setting_name(pg_tenant::core::Header::kTenantId), id.text,
							superuser() ? PGC_SUSET : PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0,
							false);
	pg_tenant::registry::require_in_good_standing(id);
	return level;
}

// As a rollback does it, so that a plain SET inside the command does not outlive it either.
void restore_settings(int level) { AtEOXact_GUC(false, level); }

constexpr const char *kPlace = "as another tenant";

// What row_security = off asks of a role, before anything is recorded.
void require_all_tenants() {
	pg_tenant::registry::require_free("run a command for all tenants");
	if (!has_bypassrls_privilege(GetOuterUserId()))
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("permission denied to run a command for all tenants"),
						errdetail("The role is neither a superuser nor has it BYPASSRLS.")));
}

void record_command(const char *command, const char *reason) {
	const pg::Member members[] = {{"command", command, false}};
	const char *detail = pg::json_object(CurrentMemoryContext, members);
	if (detail == nullptr)
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
	pg_tenant::events::record({nullptr, "all_tenants_executed", reason, detail, nullptr},
							  pg_tenant::events::present_origin());
}

// Without the caller's frame, for what starts no executor: the expressions of a DO block.
int64 run_without_frame(const char *command, const char *place) {
	int64 rows = 0;
	context::with_frame(nullptr, [&] {
		pg::begin_sql();
		rows = pg::run_command(command, place);
		pg::end_sql();
	});
	return rows;
}

Datum row_as_jsonb(HeapTuple tuple, TupleDesc descriptor) {
	const Datum row = PointerGetDatum(SPI_returntuple(tuple, descriptor));
	const Datum json = DirectFunctionCall1(row_to_json, row);
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(TextDatumGetCString(json)));
}

// Each row in a memory of its own, so that a large result needs no more than a small one.
void store_rows(Portal portal, ReturnSetInfo *result) {
	MemoryContext row_memory =
		AllocSetContextCreate(CurrentMemoryContext, "pg_tenant row", ALLOCSET_DEFAULT_SIZES);
	int64 stored = 0;
	for (;;) {
		SPI_cursor_fetch(portal, true, kBatch);
		SPITupleTable *batch = SPI_tuptable;
		const uint64 rows = SPI_processed;
		stored += static_cast<int64>(rows);
		pg_tenant::limits::require_rows(stored);
		for (uint64 i = 0; i < rows; i++) {
			MemoryContext outer = MemoryContextSwitchTo(row_memory);
			HeapTuple copy = heap_copytuple(batch->vals[i]);
			Datum value = row_as_jsonb(copy, batch->tupdesc);
			bool is_null = false;
			MemoryContextSwitchTo(outer);
			tuplestore_putvalues(result->setResult, result->setDesc, &value, &is_null);
			MemoryContextReset(row_memory);
		}
		SPI_freetuptable(batch);
		if (rows == 0)
			break;
	}
	MemoryContextDelete(row_memory);
}

} // namespace

PG_TENANT_FUNCTION(pg_tenant_execute) {
	const char *command = sqlapi::required_text(fcinfo, 1, "command");
	const int level = switch_tenant(fcinfo);
	const int64 rows = run_without_frame(command, kPlace);
	restore_settings(level);
	PG_RETURN_INT64(rows);
}

PG_TENANT_FUNCTION(pg_tenant_execute_all) {
	const char *command = sqlapi::required_text(fcinfo, 0, "command");
	const char *reason = sqlapi::required_text(fcinfo, 1, "reason");
	if (strspn(reason, " \t\r\n") == strlen(reason))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("reason must not be empty")));
	require_all_tenants();
	record_command(command, reason);
	const int level = NewGUCNestLevel();
	(void)set_config_option("row_security", "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0,
							false);
	const int64 rows = run_without_frame(command, "for all tenants");
	restore_settings(level);
	PG_RETURN_INT64(rows);
}

PG_TENANT_FUNCTION(pg_tenant_query) {
	const char *query = sqlapi::required_text(fcinfo, 1, "query");
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	const int level = switch_tenant(fcinfo);
	context::with_frame(nullptr, [&] {
		pg::begin_sql();
		SPIPlanPtr plan = SPI_prepare(query, 0, nullptr);
		if (plan == nullptr)
			pg::refuse_command(SPI_result, kPlace);
		if (!SPI_is_cursor_plan(plan))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("query must be one statement that returns rows"),
							errhint("Use tenant.execute() for other commands.")));
		Portal portal = SPI_cursor_open(nullptr, plan, nullptr, nullptr, false);
		store_rows(portal, reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo));
		SPI_cursor_close(portal);
		pg::end_sql();
	});
	restore_settings(level);
	return Datum(0);
}
