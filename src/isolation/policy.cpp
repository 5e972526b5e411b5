#include "isolation/policy.hpp"

#include "isolation/catalog.hpp"
#include "isolation/label.hpp"
#include "pg/compat.hpp"
#include "pg/spi.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "access/table.h"
#include "catalog/pg_class_d.h"
#include "catalog/pg_type_d.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
}

namespace pg_tenant::isolation {

using registry::kIsolationPolicy;
using registry::kRowsPolicy;

namespace {

bool is_forced(Oid relation) {
	Relation opened = table_open(relation, NoLock);
	const bool forced = opened->rd_rel->relrowsecurity && opened->rd_rel->relforcerowsecurity;
	table_close(opened, NoLock);
	return forced;
}

// Someone else's policy under our name would be taken for ours by people, and by nobody else.
void refuse_name_clash(Oid relation, const char *name) {
	ereport(ERROR,
			(errcode(ERRCODE_DUPLICATE_OBJECT),
			 errmsg("\"%s\" has a policy \"%s\" that is not pg_tenant's", get_rel_name(relation), name),
			 errhint("DROP POLICY %s ON %s;", name, pg::qualified_name(relation))));
}

// Raises if it is by another column.
bool is_protected_by(Oid relation, const char *column) {
	const registry::Protection present = registry::protection_of(relation);
	if (present.column == InvalidAttrNumber)
		return false;
	const char *present_column = get_attname(relation, present.column, false);
	if (strcmp(present_column, column) != 0)
		ereport(
			ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("\"%s\" is protected by column \"%s\" already", get_rel_name(relation), present_column),
			 errhint("SELECT tenant.unprotect(%s);", quote_literal_cstr(pg::qualified_name(relation)))));
	return true;
}

void put_isolation(Oid relation, const char *column, Oid type) {
	if (is_protected_by(relation, column))
		return;
	if (policies_of(relation).has_isolation)
		refuse_name_clash(relation, kIsolationPolicy);
	const char *filter =
		psprintf("(%s OPERATOR(pg_catalog.=) %s)", quote_identifier(column), typed_function(type));
	pg::run_sql("CREATE POLICY %s ON %s AS RESTRICTIVE FOR ALL TO PUBLIC USING %s WITH CHECK %s",
				kIsolationPolicy, pg::qualified_name(relation), filter, filter);
}

void put_rows(Oid relation, bool open) {
	const PolicyCensus policies = policies_of(relation);
	if (policies.has_rows_clash)
		refuse_name_clash(relation, kRowsPolicy);
	if (open && !policies.has_rows)
		pg::run_sql("CREATE POLICY %s ON %s AS PERMISSIVE FOR ALL TO PUBLIC USING (true) WITH CHECK (true)",
					kRowsPolicy, pg::qualified_name(relation));
}

} // namespace

const char *typed_function(Oid type) {
	switch (type) {
	case UUIDOID:
		return "tenant.current_uuid()";
	case TEXTOID:
	case VARCHAROID:
		return "tenant.current_text()";
	case INT8OID:
		return "tenant.current_bigint()";
	case INT4OID:
		return "tenant.current_int()";
	default:
		return nullptr;
	}
}

void put_policies(Oid relation, const char *column, Oid type, bool open) {
	if (registry::needs_label(get_rel_relkind(relation))) {
		if (!is_protected_by(relation, column))
			put_label(relation, get_attnum(relation, column));
		return;
	}
	put_isolation(relation, column, type);
	put_rows(relation, open);
	// Left by an extension that was dropped and made again.
	if (policies_of(relation).has_closed)
		pg::run_sql("DROP POLICY %s ON %s", registry::kClosedPolicy, pg::qualified_name(relation));
	if (!is_forced(relation))
		pg::run_sql("ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
					pg::qualified_name(relation));
}

bool drop_policies(Oid relation, const char *column) {
	const char *name = pg::qualified_name(relation);
	const char kind = get_rel_relkind(relation);
	if (kind != RELKIND_MATVIEW)
		pg::run_sql("ALTER TABLE ONLY %s ALTER COLUMN %s DROP DEFAULT", name, quote_identifier(column));
	if (registry::needs_label(kind)) {
		drop_label(relation, get_attnum(relation, column));
		return true;
	}
	pg::run_sql("DROP POLICY %s ON %s", kIsolationPolicy, name);
	if (policies_of(relation).has_rows)
		pg::run_sql("DROP POLICY %s ON %s", kRowsPolicy, name);
	if (policies_of(relation).others > 0)
		return false;
	pg::run_sql("ALTER TABLE ONLY %s NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY", name);
	return true;
}

} // namespace pg_tenant::isolation
