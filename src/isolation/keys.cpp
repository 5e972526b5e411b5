// Keys that reach across tenants: a unique key without the tenant column tells that another tenant has a
// value, a foreign key without it points into another tenant's rows.
#include "isolation/keys.hpp"

#include "pg/spi.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_constraint.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
}

namespace pg_tenant::isolation {
namespace {

// Unique indexes of the table without the tenant column.
constexpr char kUniqueKeys[] =
	"SELECT pg_catalog.string_agg(pg_catalog.quote_ident(c.relname), ', ' ORDER BY c.relname)"
	" FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid"
	" WHERE i.indrelid OPERATOR(pg_catalog.=) %u AND i.indisunique"
	" AND NOT EXISTS (SELECT FROM pg_catalog.generate_series(0, i.indnkeyatts - 1) AS k"
	" WHERE i.indkey[k] OPERATOR(pg_catalog.=) %d)";

// Foreign keys from or to the table, where neither side's columns include its tenant column.
constexpr char kForeignKeys[] =
	"SELECT pg_catalog.string_agg(pg_catalog.quote_ident(conname), ', ' ORDER BY conname)"
	" FROM pg_catalog.pg_constraint WHERE contype OPERATOR(pg_catalog.=) 'f' AND conparentid "
	"OPERATOR(pg_catalog.=) 0"
	" AND ((conrelid OPERATOR(pg_catalog.=) %u AND NOT conkey OPERATOR(pg_catalog.@>) "
	"ARRAY[%d]::pg_catalog.int2[])"
	" OR (confrelid OPERATOR(pg_catalog.=) %u AND NOT confkey OPERATOR(pg_catalog.@>) "
	"ARRAY[%d]::pg_catalog.int2[]))"
	" AND (tenant.protection_of(conrelid)).tenant_column IS NOT NULL"
	" AND (tenant.protection_of(confrelid)).tenant_column IS NOT NULL";

} // namespace

void report_unsafe_keys(Oid table, const char *column) {
	const int number = get_attnum(table, column);
	const char *unique = pg::query_text(kUniqueKeys, table, number);
	const char *foreign = pg::query_text(kForeignKeys, table, number, table, number);
	if (unique != nullptr)
		ereport(NOTICE, (errmsg("unique keys of \"%s\" that span tenants: %s", get_rel_name(table), unique),
						 errdetail("A duplicate tells a tenant that another one has the value.")));
	if (foreign != nullptr)
		ereport(
			NOTICE,
			(errmsg("foreign keys of \"%s\" that span tenants: %s", get_rel_name(table), foreign),
			 errdetail("They can point to another tenant's row; include the tenant column in both sides.")));
}

bool is_referenced_by_protected(Oid table) {
	bool found = false;
	Relation catalog = table_open(ConstraintRelationId, AccessShareLock);
	// No index leads to the referenced table.
	SysScanDesc scan = systable_beginscan(catalog, InvalidOid, false, nullptr, 0, nullptr);
	HeapTuple tuple;
	while (!found && HeapTupleIsValid(tuple = systable_getnext(scan))) {
		auto *constraint = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple));
		found = constraint->contype == CONSTRAINT_FOREIGN && constraint->confrelid == table &&
				registry::protection_of(constraint->conrelid).column != InvalidAttrNumber;
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return found;
}

} // namespace pg_tenant::isolation
