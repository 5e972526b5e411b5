// tenant.fetch, ack, nack, handle, and what create_consumer() and the numbering of events need of the
// library. Consumers work with the rights of the extension's owner, for whom the caller is let in here: who
// calls is known only outside a SECURITY DEFINER function.
#include "pg/error.hpp"

#include "context/settings.hpp"
#include "events/number.hpp"
#include "isolation/catalog.hpp"
#include "pg/scoped.hpp"
#include "pg/spi.hpp"
#include "registry/require.hpp"
#include "registry/table.hpp"
#include "sqlapi/arguments.hpp"

extern "C" {
#include "catalog/pg_type_d.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"
}

using pg_tenant::core::Header;
using pg_tenant::core::TenantId;
namespace context = pg_tenant::context;
namespace events = pg_tenant::events;
namespace isolation = pg_tenant::isolation;
namespace pg = pg_tenant::pg;
namespace registry = pg_tenant::registry;
namespace sqlapi = pg_tenant::sqlapi;

namespace {

constexpr int kMaxArguments = 5;
constexpr int kMaxBatch = 10000;

// A function of the owner's, with the arguments of the one that was called.
struct Command {
	const char *text;
	Oid types[kMaxArguments];
	int count;
	SPIPlanPtr plan;
};

Command may_consume = {"SELECT tenant.may_consume($1, $2)", {TEXTOID, OIDOID}, 2, nullptr};
Command lease = {"SELECT * FROM tenant.lease_events($1, $2, $3)", {TEXTOID, INT4OID, TEXTOID}, 3, nullptr};
Command acknowledge = {"SELECT tenant.acknowledge($1, $2, $3)", {TEXTOID, UUIDARRAYOID, TEXTOID}, 3, nullptr};
Command refuse = {"SELECT tenant.refuse_event($1, $2, $3, $4, $5)",
				  {TEXTOID, UUIDOID, TEXTOID, INTERVALOID, TEXTOID},
				  5,
				  nullptr};
Command find_origin = {"SELECT tenant_id, request_id, trace_id, span_id FROM tenant.event_origin($1, $2, $3)",
					   {TEXTOID, UUIDOID, TEXTOID},
					   3,
					   nullptr};

// Between pg::begin_sql() and pg::end_sql().
void run(Command *command, const NullableDatum *arguments) {
	if (command->plan == nullptr) {
		SPIPlanPtr plan = SPI_prepare(command->text, command->count, command->types);
		if (plan == nullptr)
			elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
		SPI_keepplan(plan);
		command->plan = plan;
	}
	Datum values[kMaxArguments];
	char nulls[kMaxArguments];
	for (int i = 0; i < command->count; i++) {
		values[i] = arguments[i].value;
		nulls[i] = arguments[i].isnull ? 'n' : ' ';
	}
	const int result = SPI_execute_plan(command->plan, values, nulls, false, 0);
	if (result != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_plan failed: %s", SPI_result_code_string(result));
}

Datum first_value(bool *is_null) {
	return SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, is_null);
}

// Raises unless the present role may consume; then runs the command as the owner, and lets the other one read
// what it says.
template <typename Call> void consume(FunctionCallInfo fcinfo, Command *command, Call call) {
	const char *consumer = sqlapi::required_text(fcinfo, 0, "consumer");
	registry::require_free("consume events");
	const NullableDatum role[kMaxArguments] = {fcinfo->args[0], {ObjectIdGetDatum(GetUserId()), false}};
	pg::as_role(isolation::extension_owner(), 0, [&] {
		pg::begin_sql();
		run(&may_consume, role);
		bool is_null;
		if (!DatumGetBool(first_value(&is_null)))
			ereport(ERROR,
					(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					 errmsg("permission denied for consumer \"%s\"", consumer),
					 errhint("SELECT tenant.grant_consumer(%s, '...');", quote_literal_cstr(consumer))));
		run(command, fcinfo->args);
		call();
		pg::end_sql();
	});
}

// The single value, in the caller's memory.
Datum consume_value(FunctionCallInfo fcinfo, Command *command, bool is_by_value, int length) {
	Datum value = 0;
	consume(fcinfo, command, [&] {
		value = first_value(&fcinfo->isnull);
		if (!fcinfo->isnull)
			value = SPI_datumTransfer(value, is_by_value, length);
	});
	return value;
}

// SPI's memory goes; a copy of what is set stays with the caller's.
char *kept_text(int column) {
	char *value = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, column);
	if (value == nullptr)
		return nullptr;
	const Size size = strlen(value) + 1;
	return static_cast<char *>(memcpy(SPI_palloc(size), value, size));
}

} // namespace

PG_TENANT_FUNCTION(pg_tenant_fetch) {
	const int32 batch = PG_ARGISNULL(1) ? 0 : PG_GETARG_INT32(1);
	if (batch < 1 || batch > kMaxBatch)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("batch must be 1 to %d", kMaxBatch)));
	if (!PG_ARGISNULL(2) && !context::is_valid_name(text_to_cstring(PG_GETARG_TEXT_PP(2))))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid name of a member")));
	InitMaterializedSRF(fcinfo, 0);
	const auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
	consume(fcinfo, &lease, [&] {
		for (uint64 i = 0; i < SPI_processed; i++)
			tuplestore_puttuple(result->setResult, SPI_tuptable->vals[i]);
	});
	return Datum(0);
}

PG_TENANT_FUNCTION(pg_tenant_ack) { return consume_value(fcinfo, &acknowledge, true, sizeof(int32)); }

PG_TENANT_FUNCTION(pg_tenant_nack) { return consume_value(fcinfo, &refuse, true, sizeof(TimestampTz)); }

PG_TENANT_FUNCTION(pg_tenant_handle) {
	char *values[4];
	consume(fcinfo, &find_origin, [&] {
		for (int i = 0; i < 4; i++)
			values[i] = kept_text(i + 1);
	});
	TenantId id;
	context::read_tenant_id(values[0], "tenant id", &id);
	context::assign_setting(Header::kTenantId, id.text, true);
	registry::require_in_good_standing(id);
	const Header origins[] = {Header::kRequestId, Header::kTraceId, Header::kSpanId};
	for (int i = 0; i < 3; i++)
		context::assign_setting(origins[i], values[i + 1] == nullptr ? "" : values[i + 1], true);
	PG_RETURN_TEXT_P(cstring_to_text(id.text));
}

PG_TENANT_FUNCTION(pg_tenant_tenant_hash) {
	TenantId id;
	context::read_tenant_id(sqlapi::required_text(fcinfo, 0, "tenant id"), "tenant id", &id);
	PG_RETURN_INT32(static_cast<int32>(id.hash));
}

PG_TENANT_FUNCTION(pg_tenant_number_event) {
	events::number_event(sqlapi::called_by_trigger(fcinfo));
	return PointerGetDatum(nullptr);
}

PG_TENANT_FUNCTION(pg_tenant_wait_for_numbering) {
	LOCKTAG tag;
	SET_LOCKTAG_RELATION(tag, MyDatabaseId, registry::own_relation("event_streams"));
	WaitForLockers(tag, ShareLock, false);
	PG_RETURN_VOID();
}
