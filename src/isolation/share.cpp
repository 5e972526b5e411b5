// Tables that are declared to be seen by all tenants.
#include "isolation/protect.hpp"

#include "isolation/catalog.hpp"
#include "pg/compat.hpp"
#include "pg/scoped.hpp"
#include "pg/spi.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "access/genam.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
}

namespace pg_tenant::isolation {
namespace {

// The registry is its owner's alone; this one write is made in that role.
void write_as_owner(const char *command) {
	pg::as_role(extension_owner(), 0, [command] { pg::run_sql("%s", command); });
}

} // namespace

void share(Oid table) {
	const char kind = get_rel_relkind(table);
	if (kind == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE), errmsg("relation with OID %u does not exist", table)));
	if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE && kind != RELKIND_MATVIEW &&
		kind != RELKIND_FOREIGN_TABLE)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not a table", get_rel_name(table))));
	if (!pg::owns_relation(table, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, get_rel_name(table));
	// Not while the table is being protected, nor the other way round.
	LockRelationOid(table, ShareUpdateExclusiveLock);
	if (registry::protection_of(table).column != InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("\"%s\" is protected", get_rel_name(table)),
				 errhint("SELECT tenant.unprotect(%s);", quote_literal_cstr(pg::qualified_name(table)))));
	pg::begin_sql();
	write_as_owner(
		psprintf("INSERT INTO tenant.shared_tables (relation) VALUES (%u) ON CONFLICT DO NOTHING", table));
	pg::end_sql();
}

bool is_shared(Oid table) {
	const Oid registry = get_relname_relid("shared_tables", get_namespace_oid(registry::kSchema, true));
	if (!OidIsValid(registry))
		return false;
	Relation opened = table_open(registry, AccessShareLock);
	ScanKeyData key;
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(table));
	// Of a table that is no catalog, this sees what is committed and our own.
	SysScanDesc scan = systable_beginscan(opened, pg::primary_key_index(opened), true, nullptr, 1, &key);
	const bool found = HeapTupleIsValid(systable_getnext(scan));
	systable_endscan(scan);
	table_close(opened, AccessShareLock);
	return found;
}

void forget_share(Oid table) {
	write_as_owner(psprintf("DELETE FROM tenant.shared_tables"
							" WHERE relation OPERATOR(pg_catalog.=) %u::pg_catalog.regclass",
							table));
}

} // namespace pg_tenant::isolation
