// tenant.protect, unprotect, share, protection_of
#include "pg/error.hpp"

#include "isolation/partitions.hpp"
#include "isolation/protect.hpp"
#include "pg/compat.hpp"
#include "registry/relations.hpp"
#include "sqlapi/arguments.hpp"

extern "C" {
#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
}

namespace isolation = pg_tenant::isolation;
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
	options.fix_keys = !PG_ARGISNULL(6) && PG_GETARG_BOOL(6);
	options.partitions = PG_ARGISNULL(7) ? 0 : isolation::partition_count(PG_GETARG_INT32(7));
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
