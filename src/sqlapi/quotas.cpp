// tenant.quota_counts, recount
#include "pg/error.hpp"

#include "context/settings.hpp"
#include "limits/rules.hpp"
#include "pg/spi.hpp"
#include "quotas/counting.hpp"
#include "quotas/statement.hpp"
#include "sqlapi/arguments.hpp"

extern "C" {
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"
}

namespace context = pg_tenant::context;
namespace core = pg_tenant::core;
namespace limits = pg_tenant::limits;
namespace quotas = pg_tenant::quotas;
namespace sqlapi = pg_tenant::sqlapi;

namespace {

bool is_there(const quotas::Count *count) {
	return !OidIsValid(count->key.relation) || get_rel_relkind(count->key.relation) != '\0';
}

void put_count(ReturnSetInfo *result, const quotas::Count *count, const limits::Quota &quota) {
	const bool is_rows = OidIsValid(count->key.relation);
	const Datum value = Int64GetDatum(count->value);
	Datum values[8] = {CStringGetTextDatum(count->key.id),
					   ObjectIdGetDatum(count->key.relation),
					   value,
					   Int64GetDatum(quota.table_rows),
					   value,
					   Int64GetDatum(quota.bytes),
					   TimestampTzGetDatum(count->counted_at),
					   BoolGetDatum(count->is_known)};
	bool nulls[8] = {false,
					 !is_rows,
					 !is_rows || !count->is_known,
					 !is_rows || quota.table_rows == 0,
					 is_rows || !count->is_known,
					 is_rows || quota.bytes == 0,
					 count->counted_at == 0,
					 false};
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

int64 recount_tenant(const core::TenantId &tenant, Oid table) {
	const limits::Quota quota = limits::find_quota(tenant);
	int64 counted = 0;
	const auto count = [&](Oid counted_table, int64 limit) {
		if (limit == 0)
			return;
		quotas::recount(tenant, counted_table);
		counted++;
	};
	List *tables = OidIsValid(table) ? list_make1_oid(table) : quotas::counted_tables();
	ListCell *cell;
	foreach (cell, tables)
		count(lfirst_oid(cell), quota.table_rows);
	count(InvalidOid, quota.bytes);
	return counted;
}

// Those that were counted before, each once.
int64 recount_all(Oid table) {
	int64 counted = 0;
	List *names = NIL;
	ListCell *cell;
	foreach (cell, quotas::list_counts())
		names = list_append_unique(
			names, makeString(pstrdup(static_cast<const quotas::Count *>(lfirst(cell))->key.id)));
	foreach (cell, names) {
		core::TenantId tenant;
		if (context::parse_tenant_id(strVal(lfirst(cell)), &tenant) == core::IdFault::kNone)
			counted += recount_tenant(tenant, table);
	}
	return counted;
}

} // namespace

PG_TENANT_FUNCTION(pg_tenant_quota_counts) {
	pg_tenant::pg::require_preloaded("a quota");
	InitMaterializedSRF(fcinfo, 0);
	auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
	ListCell *cell;
	foreach (cell, quotas::list_counts()) {
		const auto *count = static_cast<const quotas::Count *>(lfirst(cell));
		core::TenantId tenant;
		if (is_there(count) && context::parse_tenant_id(count->key.id, &tenant) == core::IdFault::kNone)
			put_count(result, count, limits::find_quota(tenant));
	}
	return Datum(0);
}

PG_TENANT_FUNCTION(pg_tenant_recount) {
	pg_tenant::pg::require_preloaded("a quota");
	const Oid asked = PG_ARGISNULL(1) ? InvalidOid : PG_GETARG_OID(1);
	const Oid table = OidIsValid(asked) ? quotas::table_of(asked) : InvalidOid;
	if (OidIsValid(asked) && !OidIsValid(table))
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
						errmsg("\"%s\" is not a protected table", get_rel_name(asked)),
						errhint("SELECT tbl FROM tenant.protected_tables;")));
	AcceptInvalidationMessages();
	quotas::begin_use();
	quotas::settle(quotas::writer);
	pg_tenant::pg::begin_sql();
	int64 counted;
	if (PG_ARGISNULL(0)) {
		counted = recount_all(table);
	} else {
		core::TenantId tenant;
		context::read_tenant_id(text_to_cstring(PG_GETARG_TEXT_PP(0)), "tenant id", &tenant);
		counted = recount_tenant(tenant, table);
	}
	pg_tenant::pg::end_sql();
	PG_RETURN_INT64(counted);
}
