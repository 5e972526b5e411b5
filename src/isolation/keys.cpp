#include "isolation/keys.hpp"

#include <cstring>

#include "isolation/boundary.hpp"
#include "isolation/catalog_rows.hpp"
#include "isolation/references.hpp"
#include "pg/scoped.hpp"
#include "pg/spi.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
}

namespace pg_tenant::isolation {
namespace {

#define CHECK_FUNCTIONS                                                                                      \
	"ARRAY['tenant.check_reference', 'tenant.check_referenced']::pg_catalog.regproc[]::oid[]"

// A row of tenant.key_checks.
struct Check {
	Oid key;
	Oid relation;
	Oid function;
	int events;
	bool deferrable;
	bool deferred;
	bool spans; // both tables are protected
	bool is_missing;
};

// A condition: the foreign keys from or to these tables.
const char *keys_of(const List *tables) {
	StringInfoData oids;
	initStringInfo(&oids);
	ListCell *cell;
	foreach (cell, tables)
		appendStringInfo(&oids, "%s%u", oids.len == 0 ? "" : ", ", lfirst_oid(cell));
	return psprintf("(conrelid OPERATOR(pg_catalog.=) ANY (ARRAY[%s]::oid[])"
					" OR confrelid OPERATOR(pg_catalog.=) ANY (ARRAY[%s]::oid[]))",
					oids.data, oids.data);
}

// A table without triggers has no foreign key, and none leads to it.
bool has_triggers(const List *tables) {
	bool result = false;
	ListCell *cell;
	foreach (cell, tables) {
		HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(lfirst_oid(cell)));
		if (!HeapTupleIsValid(tuple))
			continue;
		result |= reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relhastriggers;
		ReleaseSysCache(tuple);
	}
	return result;
}

void drop_check(Oid trigger) {
	const ObjectAddress address = {TriggerRelationId, trigger, 0};
	// It is the key's own: this lets it go without the key.
	deleteDependencyRecordsFor(TriggerRelationId, trigger, false);
	CommandCounterIncrement();
	performDeletion(&address, DROP_RESTRICT, PERFORM_DELETION_INTERNAL);
}

// Where a lock can be had: a check that stays checks nothing.
void drop_unwanted(const char *keys) {
	visit_rows(
		psprintf(
			"SELECT t.oid, t.tgrelid FROM pg_catalog.pg_trigger t"
			" JOIN pg_catalog.pg_constraint k ON k.oid OPERATOR(pg_catalog.=) t.tgconstraint"
			" WHERE t.tgfoid OPERATOR(pg_catalog.=) ANY (" CHECK_FUNCTIONS ") AND %s"
			" AND NOT EXISTS (SELECT FROM tenant.key_checks c WHERE c.present OPERATOR(pg_catalog.=) t.oid"
			" AND %s)",
			keys, keys),
		true, [](auto value) {
			const Oid relation = DatumGetObjectId(value(2));
			if (!ConditionalLockRelationOid(relation, AccessExclusiveLock))
				return;
			Relation opened = table_open(relation, NoLock);
			const bool is_in_use = opened->rd_refcnt > 1 || AfterTriggerPendingOnRel(relation);
			table_close(opened, NoLock);
			if (!is_in_use)
				drop_check(DatumGetObjectId(value(1)));
		});
}

// ALTER CONSTRAINT changes the server's triggers only.
void follow_deferrability(const char *keys) {
	visit_rows(
		psprintf(
			"UPDATE pg_catalog.pg_trigger t SET tgdeferrable = condeferrable, tginitdeferred = condeferred"
			" FROM pg_catalog.pg_constraint k WHERE k.oid OPERATOR(pg_catalog.=) t.tgconstraint"
			" AND t.tgfoid OPERATOR(pg_catalog.=) ANY (" CHECK_FUNCTIONS ") AND %s"
			" AND (tgdeferrable OPERATOR(pg_catalog.<>) condeferrable"
			" OR tginitdeferred OPERATOR(pg_catalog.<>) condeferred) RETURNING t.tgrelid",
			keys),
		false, [](auto value) { CacheInvalidateRelcacheByRelid(DatumGetObjectId(value(1))); });
	CommandCounterIncrement();
}

List *find_checks(const char *keys) {
	List *checks = NIL;
	visit_rows(psprintf("SELECT key, relation, function, events, condeferrable, condeferred, spans,"
						" present IS NULL FROM tenant.key_checks WHERE %s ORDER BY relation, key",
						keys),
			   true, [&checks](auto value) {
				   auto *check = static_cast<Check *>(palloc(sizeof(Check)));
				   *check = {DatumGetObjectId(value(1)), DatumGetObjectId(value(2)),
							 DatumGetObjectId(value(3)), DatumGetInt32(value(4)),
							 DatumGetBool(value(5)),     DatumGetBool(value(6)),
							 DatumGetBool(value(7)),     DatumGetBool(value(8))};
				   checks = lappend(checks, check);
			   });
	return checks;
}

// Internal, as the server's own: it goes with the key, follows SET CONSTRAINTS, and nobody can drop it.
void put_check(const Check &check) {
	auto *statement = makeNode(CreateTrigStmt);
	statement->isconstraint = true;
	statement->trigname = pstrdup("tenant_check");
	statement->row = true;
	statement->timing = TRIGGER_TYPE_AFTER;
	statement->events = static_cast<int16>(check.events);
	statement->deferrable = check.deferrable;
	statement->initdeferred = check.deferred;
	// Without the other table, which would be locked.
	CreateTrigger(statement, nullptr, check.relation, InvalidOid, check.key, InvalidOid, check.function,
				  InvalidOid, nullptr, true, false);
	CommandCounterIncrement();
}

List *parts_of(const RangeVar *name) {
	const Oid relation = RangeVarGetRelid(name, NoLock, true);
	return OidIsValid(relation) ? find_all_inheritors(relation, NoLock, nullptr) : NIL;
}

void check_altered_keys(const AlterTableStmt *statement) {
	bool is_newly_protected = false;
	ListCell *cell;
	foreach (cell, statement->cmds) {
		auto *command = static_cast<AlterTableCmd *>(lfirst(cell));
		if (command->subtype == AT_AttachPartition || command->subtype == AT_DetachPartition)
			check_foreign_keys(parts_of(reinterpret_cast<PartitionCmd *>(command->def)->name), true);
		if (command->subtype == AT_EnableRowSecurity || command->subtype == AT_AddInherit)
			is_newly_protected = true;
	}
	check_foreign_keys(parts_of(statement->relation), is_newly_protected);
}

} // namespace

void lock_key_partners(const List *tables) {
	visit_rows(psprintf("SELECT DISTINCT pg_catalog.unnest(ARRAY[conrelid, confrelid]) FROM "
						"pg_catalog.pg_constraint WHERE contype OPERATOR(pg_catalog.=) 'f' AND %s ORDER BY 1",
						keys_of(tables)),
			   true, [](auto value) { LockRelationOid(DatumGetObjectId(value(1)), AccessShareLock); });
}

void check_foreign_keys(const List *tables, bool is_newly_protected) {
	if (!has_triggers(tables))
		return;
	pg::begin_sql();
	const char *keys = keys_of(tables);
	drop_unwanted(keys);
	follow_deferrability(keys);
	const List *checks = find_checks(keys);
	ListCell *cell;
	foreach (cell, checks) {
		auto *check = static_cast<const Check *>(lfirst(cell));
		if (check->is_missing)
			put_check(*check);
	}
	foreach (cell, checks) {
		auto *check = static_cast<const Check *>(lfirst(cell));
		if (check->spans && (check->events & TRIGGER_TYPE_DELETE) == 0 &&
			(check->is_missing || is_newly_protected))
			require_own_references(check->relation, check->key);
	}
	pg::end_sql();
}

void check_changed_keys(const Node *utility) {
	if (protection_may_change || !OidIsValid(extension_owner()))
		return;
	if (IsA(utility, AlterTableStmt)) {
		check_altered_keys(reinterpret_cast<const AlterTableStmt *>(utility));
	} else if (IsA(utility, CreatePolicyStmt)) {
		auto *policy = reinterpret_cast<const CreatePolicyStmt *>(utility);
		if (strcmp(policy->policy_name, registry::kIsolationPolicy) == 0)
			check_foreign_keys(parts_of(policy->table), true);
	}
}

void fix_foreign_keys(const List *tables) {
	for (;;) {
		const char *fix = nullptr;
		with_catalogs([&] {
			fix = pg::query_text("SELECT fix FROM tenant.unsafe_foreign_keys WHERE fix IS NOT NULL AND %s"
								 " ORDER BY oid LIMIT 1",
								 keys_of(tables));
		});
		if (fix == nullptr)
			return;
		pg::run_sql("%s", fix);
	}
}

void drop_key_checks() {
	pg::begin_sql();
	visit_rows("SELECT oid, tgrelid FROM pg_catalog.pg_trigger"
			   " WHERE tgfoid OPERATOR(pg_catalog.=) ANY (" CHECK_FUNCTIONS ")",
			   true, [](auto value) {
				   LockRelationOid(DatumGetObjectId(value(2)), AccessExclusiveLock);
				   drop_check(DatumGetObjectId(value(1)));
			   });
	pg::end_sql();
}

int count_disabled_key_checks(Relation relation) {
	int count = 0;
	const TriggerDesc *triggers = relation->trigdesc;
	for (int i = 0; triggers != nullptr && i < triggers->numtriggers; i++) {
		const Trigger &trigger = triggers->triggers[i];
		if (trigger.tgenabled != TRIGGER_FIRES_ON_ORIGIN && trigger.tgenabled != TRIGGER_FIRES_ALWAYS &&
			trigger.tgisinternal &&
			get_func_namespace(trigger.tgfoid) == get_namespace_oid(registry::kSchema, true))
			count++;
	}
	return count;
}

void report_unsafe_keys(Oid table, const char *column) {
	const char *name = quote_literal_cstr(pg::qualified_name(table));
	const char *unique = nullptr;
	const char *foreign = nullptr;
	bool can_be_fixed = false;
	with_catalogs([&] {
		unique =
			pg::query_text("SELECT pg_catalog.string_agg(pg_catalog.quote_ident(name), ', ' ORDER BY name)"
						   " FROM tenant.unsafe_unique_keys WHERE tbl OPERATOR(pg_catalog.=) %u::oid",
						   table);
		if (!has_triggers(list_make1_oid(table)))
			return;
		const char *keys = keys_of(list_make1_oid(table));
		foreign = pg::query_text("SELECT pg_catalog.string_agg(pg_catalog.quote_ident(conname), ', ' ORDER "
								 "BY conname) FROM tenant.unsafe_foreign_keys WHERE %s",
								 keys);
		can_be_fixed =
			foreign != nullptr &&
			pg::query_number("SELECT count(fix) FROM tenant.unsafe_foreign_keys WHERE %s", keys) > 0;
	});
	if (unique != nullptr)
		ereport(NOTICE,
				(errmsg("unique keys of \"%s\" that span tenants: %s", get_rel_name(table), unique),
				 errdetail("A duplicate tells a tenant that another one has the value."),
				 errhint("SELECT name, fix FROM tenant.unsafe_keys WHERE tbl = %s::regclass;", name)));
	if (foreign != nullptr)
		ereport(NOTICE, (errmsg("foreign keys of \"%s\" that span tenants: %s", get_rel_name(table), foreign),
						 errdetail("Each row that is written is checked not to reference another tenant's."),
						 can_be_fixed ? errhint("SELECT tenant.protect(%s, %s, fix_keys => true);", name,
												quote_literal_cstr(column))
									  : 0));
}

bool is_referenced_by(Oid table, bool (*holds)(Oid referencing)) {
	bool found = false;
	Relation catalog = table_open(ConstraintRelationId, AccessShareLock);
	// No index leads to the referenced table.
	SysScanDesc scan = systable_beginscan(catalog, InvalidOid, false, nullptr, 0, nullptr);
	HeapTuple tuple;
	while (!found && HeapTupleIsValid(tuple = systable_getnext(scan))) {
		auto *constraint = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple));
		found = constraint->contype == CONSTRAINT_FOREIGN && constraint->confrelid == table &&
				holds(constraint->conrelid);
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return found;
}

} // namespace pg_tenant::isolation
