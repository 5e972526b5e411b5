// The rows that a table has when it is protected.
#include "isolation/protect.hpp"

#include "context/frame.hpp"
#include "context/settings.hpp"
#include "isolation/policy.hpp"
#include "pg/error.hpp"
#include "pg/spi.hpp"
#include "registry/tenants.hpp"

extern "C" {
#include "access/table.h"
#include "catalog/pg_class_d.h"
#include "catalog/pg_type_d.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
}

namespace pg_tenant::isolation {

using core::TenantId;

namespace {

constexpr long kBatch = 1000;

[[noreturn]] void refuse_rows_without_tenant(Oid table, const char *column, int64 rows) {
	ereport(ERROR,
			(errcode(ERRCODE_NOT_NULL_VIOLATION),
			 errmsg_plural(INT64_FORMAT " row of \"%s\" has no tenant",
						   INT64_FORMAT " rows of \"%s\" have no tenant", rows, rows, get_rel_name(table)),
			 errhint("SELECT tenant.protect(%s, %s, assign_to => '...');",
					 quote_literal_cstr(pg::qualified_name(table)), quote_literal_cstr(column))));
}

// Reads rows of all tenants, all that are committed: a row that an old snapshot does not show is adopted too.
template <typename Call> void with_all_rows(Call call) {
	PushActiveSnapshot(GetLatestSnapshot());
	context::with_all_tenants(call);
	PopActiveSnapshot();
}

int64 count_rows(Oid table, const char *condition) {
	int64 rows = 0;
	with_all_rows([&] {
		rows = pg::query_number("SELECT count(*) FROM %s WHERE %s", pg::qualified_name(table), condition);
	});
	return rows;
}

struct Census {
	int64 malformed;    // no tenant could ever have this id
	int64 noncanonical; // a UUID in another spelling than the one that is compared
	int64 unregistered;
};

void count_tenant(const char *text, bool provision, Census *census) {
	TenantId id;
	const size_t bytes = strlen(text);
	if (context::parse_tenant_id(text, &id) != core::IdFault::kNone) {
		census->malformed++;
	} else if (id.length != bytes || memcmp(id.text, text, bytes) != 0) {
		census->noncanonical++;
	} else if (registry::find_tenant(id)->status == registry::TenantStatus::kUnknown) {
		if (provision)
			pg::run_sql("SELECT tenant.provision(%s)", quote_literal_cstr(text));
		else
			census->unregistered++;
	}
}

Census take_census(Oid table, const ProtectOptions &options) {
	Census census = {0, 0, 0};
	const char *column = quote_identifier(options.column);
	const char *query = psprintf("SELECT DISTINCT %s::pg_catalog.text FROM %s WHERE %s IS NOT NULL", column,
								 pg::qualified_name(table), column);
	SPIPlanPtr plan = SPI_prepare(query, 0, nullptr);
	if (plan == nullptr)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	Portal portal = nullptr;
	with_all_rows([&] { portal = SPI_cursor_open(nullptr, plan, nullptr, nullptr, true); });
	for (;;) {
		SPI_cursor_fetch(portal, true, kBatch);
		SPITupleTable *batch = SPI_tuptable;
		const uint64 rows = SPI_processed;
		for (uint64 i = 0; i < rows; i++)
			count_tenant(SPI_getvalue(batch->vals[i], batch->tupdesc, 1), options.register_tenants, &census);
		SPI_freetuptable(batch);
		if (rows == 0)
			break;
	}
	SPI_cursor_close(portal);
	return census;
}

void report_census(Oid table, const ProtectOptions &options, const Census &census) {
	const char *name = get_rel_name(table);
	if (census.malformed > 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("column \"%s\" of \"%s\" has values that are no tenant ids: " INT64_FORMAT,
						options.column, name, census.malformed),
				 errdetail("A tenant id is 1 to 128 characters, without control characters and without "
						   "a space at its ends.")));
	if (census.noncanonical > 0)
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("column \"%s\" of \"%s\" has UUIDs in other spellings than the canonical: " INT64_FORMAT,
					options.column, name, census.noncanonical),
			 errhint("UPDATE %s SET %s = tenant.canonical_id(%s);", pg::qualified_name(table),
					 quote_identifier(options.column), quote_identifier(options.column))));
	if (census.unregistered > 0 && context::require_registered)
		ereport(NOTICE,
				(errmsg("tenants that \"%s\" has rows of, but that are not registered: " INT64_FORMAT, name,
						census.unregistered),
				 errhint("SELECT tenant.protect(%s, %s, register => true);",
						 quote_literal_cstr(pg::qualified_name(table)), quote_literal_cstr(options.column))));
}

bool is_populated(Oid relation) {
	Relation opened = table_open(relation, NoLock);
	const bool populated = RelationIsPopulated(opened);
	table_close(opened, NoLock);
	return populated;
}

} // namespace

bool fits_column(const TenantId &id, Oid type) {
	return type == UUIDOID   ? id.is_uuid
		   : type == INT8OID ? id.is_number
		   : type == INT4OID ? id.is_number && id.number >= PG_INT32_MIN && id.number <= PG_INT32_MAX
							 : true;
}

void read_tenant_for(Oid type, const char *text, const char *what, bool may_be_new, TenantId *id) {
	context::read_tenant_id(text, what, id);
	if (!fits_column(*id, type))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("tenant id \"%s\" is not a canonical %s", id->text, format_type_be(type))));
	if (context::require_registered && !may_be_new &&
		registry::find_tenant(*id)->status == registry::TenantStatus::kUnknown)
		ereport(ERROR, (errcode(ERRCODE_UNKNOWN_TENANT), errmsg("tenant \"%s\" is not registered", id->text),
						errhint("SELECT tenant.provision(%s);", quote_literal_cstr(id->text))));
}

void inspect_rows(Oid relation, const ProtectOptions &options) {
	// Another server is asked only for what cannot be had without it.
	const bool is_foreign = get_rel_relkind(relation) == RELKIND_FOREIGN_TABLE;
	if (is_foreign ? !options.register_tenants : !is_populated(relation))
		return;
	const int64 rows = count_rows(relation, psprintf("%s IS NULL", quote_identifier(options.column)));
	if (rows > 0)
		ereport(NOTICE, (errmsg_plural(INT64_FORMAT " row of \"%s\" has no tenant",
									   INT64_FORMAT " rows of \"%s\" have no tenant", rows, rows,
									   get_rel_name(relation)),
						 errdetail("No tenant will see them.")));
	report_census(relation, options, take_census(relation, options));
}

void add_column(Oid table, const ProtectOptions &options) {
	const char *name = pg::qualified_name(table);
	const char *column = quote_identifier(options.column);
	const char *type = format_type_be_qualified(options.type);
	if (options.assign_to == nullptr) {
		const int64 rows = count_rows(table, "true");
		if (rows > 0)
			refuse_rows_without_tenant(table, options.column, rows);
		pg::run_sql("ALTER TABLE %s ADD COLUMN %s %s", name, column, type);
		return;
	}
	TenantId id;
	read_tenant_for(options.type, options.assign_to, "tenant id in assign_to", options.register_tenants, &id);
	// A constant default fills the rows that are there without rewriting them.
	pg::run_sql("ALTER TABLE %s ADD COLUMN %s %s DEFAULT %s", name, column, type,
				quote_literal_cstr(id.text));
}

void adopt_rows(Oid table, const ProtectOptions &options) {
	const char *column = quote_identifier(options.column);
	const Oid type = get_atttype(table, get_attnum(table, options.column));
	if (options.assign_to != nullptr) {
		TenantId id;
		read_tenant_for(type, options.assign_to, "tenant id in assign_to", options.register_tenants, &id);
		context::with_all_tenants([&] {
			pg::run_sql("UPDATE %s SET %s = %s WHERE %s IS NULL", pg::qualified_name(table), column,
						quote_literal_cstr(id.text), column);
		});
	}
	const int64 rows = count_rows(table, psprintf("%s IS NULL", column));
	if (rows > 0)
		refuse_rows_without_tenant(table, options.column, rows);
	report_census(table, options, take_census(table, options));
}

} // namespace pg_tenant::isolation
