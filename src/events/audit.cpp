#include "events/audit.hpp"

#include <cstring>

#include "context/failure.hpp"
#include "context/settings.hpp"
#include "isolation/catalog.hpp"
#include "pg/error.hpp"
#include "pg/spi.hpp"

extern "C" {
#include "catalog/pg_type_d.h"
#include "access/xlog.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"
}

namespace pg_tenant::events {
namespace {

using core::Header;

constexpr char kInsertion[] =
	"INSERT INTO tenant.audit_log (tenant_id, action, session_role, acting_role, reason, "
	"detail, request_id, trace_id, span_id, event_id)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
constexpr int kColumns = 10;
Oid column_types[kColumns] = {TEXTOID,  TEXTOID, TEXTOID, TEXTOID, TEXTOID,
							  JSONBOID, TEXTOID, TEXTOID, TEXTOID, UUIDOID};
SPIPlanPtr insertion = nullptr;

void insert(Datum *values, const char *nulls) {
	pg::begin_sql();
	if (insertion == nullptr) {
		SPIPlanPtr plan = SPI_prepare(kInsertion, kColumns, column_types);
		if (plan == nullptr)
			elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
		SPI_keepplan(plan);
		insertion = plan;
	}
	const int result = SPI_execute_plan(insertion, values, nulls, false, 0);
	if (result != SPI_OK_INSERT || SPI_processed != 1)
		elog(ERROR, "the audit trail was not written: %s", SPI_result_code_string(result));
	pg::end_sql();
}

void insert_row(const Action &action, const Origin &origin) {
	const char *texts[kColumns] = {action.tenant, action.name, origin.session_role, origin.acting_role,
								   action.reason, nullptr,     origin.request,      origin.trace,
								   origin.span,   nullptr};
	Datum values[kColumns];
	char nulls[kColumns];
	for (int i = 0; i < kColumns; i++) {
		nulls[i] = texts[i] == nullptr ? 'n' : ' ';
		values[i] = texts[i] == nullptr ? Datum(0) : CStringGetTextDatum(texts[i]);
	}
	values[5] = DirectFunctionCall1(jsonb_in, CStringGetDatum(action.detail));
	nulls[5] = ' ';
	values[9] = UUIDPGetDatum(action.event);
	nulls[9] = action.event == nullptr ? 'n' : ' ';
	isolation::as_registry([&] { insert(values, nulls); });
}

// What cannot be written for want of memory is left out: the statement goes on.
void log_line(const Action &action, const Origin &origin, MemoryContext memory) {
	const pg::Member members[] = {{"action", action.name, false},
								  {"tenant_id", action.tenant, false},
								  {"session_role", origin.session_role, false},
								  {"acting_role", origin.acting_role, false},
								  {"reason", action.reason, false},
								  {"detail", action.detail, true},
								  {"request_id", origin.request, false},
								  {"trace_id", origin.trace, false},
								  {"span_id", origin.span, false}};
	char *line = pg::json_object(memory, members);
	if (line == nullptr)
		return;
	ereport(LOG_SERVER_ONLY,
			(errmsg_internal("pg_tenant audit: %s", line), errhidestmt(true), errhidecontext(true)));
	pfree(line);
}

// The settings know the names too.
Origin origin_by_settings() {
	const char *user = GetConfigOption("session_authorization", true, false);
	const char *role = GetConfigOption("role", true, false);
	return {user, role == nullptr || strcmp(role, "none") == 0 ? user : role,
			context::identity_value(Header::kRequestId), context::identity_value(Header::kTraceId),
			context::identity_value(Header::kSpanId)};
}

} // namespace

Origin present_origin() {
	return {GetUserNameFromId(GetSessionUserId(), false), GetUserNameFromId(GetOuterUserId(), false),
			context::identity_value(Header::kRequestId), context::identity_value(Header::kTraceId),
			context::identity_value(Header::kSpanId)};
}

void record(const Action &action, const Origin &origin) {
	if (!RecoveryInProgress())
		insert_row(action, origin);
	if (context::audit_log == context::kAuditJson)
		log_line(action, origin, CurrentMemoryContext);
}

void record_of_table(const char *action, const char *table, const pg::Member *more, int count,
					 const Origin &origin) {
	auto *members = static_cast<pg::Member *>(palloc(static_cast<Size>(count + 1) * sizeof(pg::Member)));
	members[0] = {"table", table, false};
	for (int i = 0; i < count; i++)
		members[i + 1] = more[i];
	const char *detail = pg::json_object(CurrentMemoryContext, members, count + 1);
	if (detail == nullptr)
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
	record({nullptr, action, nullptr, detail, nullptr}, origin);
}

void log_all_tenants(const char *relation) {
	const pg::Member members[] = {{"table", relation, false}, {"application", application_name, false}};
	const char *detail = pg::json_object(CurrentMemoryContext, members);
	if (detail != nullptr)
		log_line({nullptr, "all_tenants", nullptr, detail, nullptr}, present_origin(), CurrentMemoryContext);
}

void log_refusal(const ErrorData *error) {
	if (context::audit_log != context::kAuditJson)
		return;
	const pg::Member members[] = {{"sqlstate", unpack_sql_state(error->sqlerrcode), false}};
	const char *detail = pg::json_object(ErrorContext, members);
	const core::TenantId *tenant = context::failed_tenant();
	if (detail != nullptr)
		log_line({tenant == nullptr ? nullptr : tenant->text, "refused", error->message, detail, nullptr},
				 origin_by_settings(), ErrorContext);
}

} // namespace pg_tenant::events
