// tenant.protect, unprotect, share, protection_of
#include "pg/error.hpp"

#include "events/audit.hpp"
#include "isolation/partitions.hpp"
#include "isolation/protect.hpp"
#include "pg/compat.hpp"
#include "pg/spi.hpp"
#include "registry/relations.hpp"
#include "sqlapi/arguments.hpp"

extern "C" {
#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
}

namespace events = pg_tenant::events;
namespace isolation = pg_tenant::isolation;
namespace pg = pg_tenant::pg;
namespace registry = pg_tenant::registry;
namespace sqlapi = pg_tenant::sqlapi;

PG_TENANT_FUNCTION(pg_tenant_protect) {
	const Oid table = sqlapi::required_oid(fcinfo, 0, "table");
	// Taken now: partitioning makes it another table. protect() raises where there is none.
	const bool is_there = get_rel_name(table) != nullptr;
	const char *name = is_there ? pg::qualified_name(table) : "";
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
	// Again, and with nothing asked for besides, it changes nothing.
	const bool changes = !is_there || !registry::is_protected(table) || options.register_tenants ||
						 options.assign_to != nullptr || options.open != isolation::Open::kAutomatic ||
						 options.fix_keys || options.partitions > 0;
	isolation::protect(table, options);
	const pg::Member details[] = {{"column", options.column, false}};
	if (changes)
		events::record_of_table("protected", name, details);
	PG_RETURN_VOID();
}

PG_TENANT_FUNCTION(pg_tenant_unprotect) {
	const Oid table = sqlapi::required_oid(fcinfo, 0, "table");
	isolation::unprotect(table);
	events::record_of_table("unprotected", pg::qualified_name(table));
	PG_RETURN_VOID();
}

PG_TENANT_FUNCTION(pg_tenant_share) {
	const Oid table = sqlapi::required_oid(fcinfo, 0, "table");
	const bool was_shared = isolation::is_shared(table);
	isolation::share(table);
	if (!was_shared)
		events::record_of_table("shared", pg::qualified_name(table));
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
