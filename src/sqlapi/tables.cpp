// tenant.protect, unprotect, share, protection_of; the event trigger that protects new parts of a table
#include "pg/error.hpp"

#include "isolation/protect.hpp"
#include "pg/compat.hpp"
#include "pg/spi.hpp"
#include "registry/relations.hpp"
#include "sqlapi/arguments.hpp"

extern "C" {
#include "access/htup_details.h"
#include "commands/event_trigger.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
}

namespace isolation = pg_tenant::isolation;
namespace pg = pg_tenant::pg;
namespace registry = pg_tenant::registry;
namespace sqlapi = pg_tenant::sqlapi;

PG_TENANT_FUNCTION(pg_tenant_protect) {
	const Oid table = sqlapi::required_oid(fcinfo, 0, "table");
	isolation::ProtectOptions options = {};
	if (PG_ARGISNULL(1) || NameStr(*PG_GETARG_NAME(1))[0] == '\0')
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("tenant column must not be null or empty")));
	options.column = NameStr(*PG_GETARG_NAME(1));
	options.type = sqlapi::required_oid(fcinfo, 2, "column type");
	options.register_tenants = !PG_ARGISNULL(3) && PG_GETARG_BOOL(3);
	options.assign_to = PG_ARGISNULL(4) ? nullptr : text_to_cstring(PG_GETARG_TEXT_PP(4));
	options.open = PG_ARGISNULL(5)     ? isolation::Open::kAutomatic
				   : PG_GETARG_BOOL(5) ? isolation::Open::kYes
									   : isolation::Open::kNo;
	isolation::protect(table, options);
	PG_RETURN_VOID();
}

PG_TENANT_FUNCTION(pg_tenant_unprotect) {
	isolation::unprotect(sqlapi::required_oid(fcinfo, 0, "table"));
	PG_RETURN_VOID();
}

PG_TENANT_FUNCTION(pg_tenant_share) {
	isolation::share(sqlapi::required_oid(fcinfo, 0, "table"));
	PG_RETURN_VOID();
}

PG_TENANT_FUNCTION(pg_tenant_protection_of) {
	const Oid table = PG_GETARG_OID(0);
	if (get_rel_relkind(table) == '\0')
		PG_RETURN_NULL();
	const registry::Protection protection = registry::protection_of(table);
	if (protection.column == InvalidAttrNumber)
		PG_RETURN_NULL();
	TupleDesc descriptor;
	if (get_call_result_type(fcinfo, nullptr, &descriptor) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	NameData column;
	namestrcpy(&column, get_attname(table, protection.column, false));
	Datum values[2] = {NameGetDatum(&column), ObjectIdGetDatum(protection.type)};
	bool nulls[2] = {false, false};
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), values, nulls)));
}

PG_TENANT_FUNCTION(pg_tenant_protect_new_parts) {
	if (!CALLED_AS_EVENT_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("protect_new_parts() can only be called as an event trigger")));
	pg::begin_sql();
	if (SPI_execute("SELECT DISTINCT objid FROM pg_catalog.pg_event_trigger_ddl_commands()"
					" WHERE classid OPERATOR(pg_catalog.=) 1259 AND objsubid OPERATOR(pg_catalog.=) 0",
					true, 0) != SPI_OK_SELECT)
		elog(ERROR, "cannot read the commands of an event trigger");
	SPITupleTable *commands = SPI_tuptable;
	const uint64 count = SPI_processed;
	for (uint64 i = 0; i < count; i++) {
		bool is_null;
		const Datum object = SPI_getbinval(commands->vals[i], commands->tupdesc, 1, &is_null);
		if (!is_null)
			isolation::protect_descendants(DatumGetObjectId(object));
	}
	pg::end_sql();
	PG_RETURN_NULL();
}
