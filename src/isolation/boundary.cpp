#include "isolation/boundary.hpp"

#include <cstring>

#include "context/settings.hpp"
#include "isolation/catalog.hpp"
#include "isolation/keys.hpp"
#include "isolation/policy.hpp"
#include "isolation/shared_rows.hpp"
#include "pg/compat.hpp"
#include "pg/error.hpp"
#include "pg/spi.hpp"
#include "registry/relations.hpp"
#include "registry/require.hpp"

extern "C" {
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/heap.h"
#include "catalog/namespace.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_policy.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/parse_type.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
}

namespace pg_tenant::isolation {

using registry::is_protected;

bool protection_may_change = false;

static List *tables_that_lost_policies = NIL;

// Its name is asked for now, since the table may be going too.
struct Lost {
	Oid relation;
	const char *name;
};
static List *lost_protection = NIL;

namespace {

[[noreturn]] void refuse_truncate(Oid relation) {
	const core::TenantId *tenant = context::live_tenant();
	if (tenant == nullptr)
		ereport(ERROR, (errcode(ERRCODE_TENANT_REQUIRED),
						errmsg("no tenant is set for protected table \"%s\"", get_rel_name(relation)),
						errhint("SET app.tenant_id = '...';")));
	ereport(ERROR,
			(errcode(ERRCODE_TENANT_BOUNDARY),
			 errmsg("TRUNCATE would empty protected table \"%s\" for all tenants", get_rel_name(relation)),
			 errhint("DELETE FROM %s;", pg::qualified_name(relation))));
}

void require_none_protected(const List *relations) {
	ListCell *cell;
	foreach (cell, relations) {
		if (is_protected(lfirst_oid(cell)))
			refuse_truncate(lfirst_oid(cell));
	}
}

List *with_descendants(Oid relation) {
	return OidIsValid(relation) ? find_all_inheritors(relation, NoLock, nullptr) : NIL;
}

Oid relation_of(const RangeVar *name) { return RangeVarGetRelid(name, NoLock, true); }

// The relation of a policy that DROP POLICY names: schema, table, policy.
Oid relation_of_policy(List *name) {
	List *relation = list_truncate(list_copy(name), list_length(name) - 1);
	return relation_of(makeRangeVarFromNameList(relation));
}

List *touched_relations(const Node *utility) {
	switch (nodeTag(utility)) {
	case T_AlterTableStmt:
		return with_descendants(relation_of(reinterpret_cast<const AlterTableStmt *>(utility)->relation));
	case T_AlterPolicyStmt:
		return list_make1_oid(relation_of(reinterpret_cast<const AlterPolicyStmt *>(utility)->table));
	case T_RenameStmt: {
		auto *rename = reinterpret_cast<const RenameStmt *>(utility);
		return rename->renameType == OBJECT_POLICY ? list_make1_oid(relation_of(rename->relation)) : NIL;
	}
	case T_DropStmt: {
		auto *drop = reinterpret_cast<const DropStmt *>(utility);
		List *relations = NIL;
		ListCell *cell;
		if (drop->removeType == OBJECT_POLICY) {
			foreach (cell, drop->objects)
				relations = lappend_oid(relations, relation_of_policy(castNode(List, lfirst(cell))));
		}
		return relations;
	}
	default:
		return NIL;
	}
}

// What protection consists of, in the order in which a loss is told. NULL rows would be nobody's; without the
// default an INSERT would need the tenant spelled out.
enum Part { kColumn, kType, kPolicy, kForce, kNotNull, kDefault, kKeyChecks, kParts };
constexpr const char *kPartNames[kParts] = {"its tenant column",
											"a tenant column that can hold a tenant id",
											"its policy tenant_isolation",
											"FORCE ROW LEVEL SECURITY",
											"NOT NULL on its tenant column",
											"the default of its tenant column",
											"a check of its foreign keys"};

// How much of each part is missing.
struct Faults {
	int of[kParts];
};

Faults faults_of_opened(Relation opened) {
	Faults faults = {};
	const registry::Protection protection = registry::protection_of(RelationGetRelid(opened));
	const bool needs_label = registry::needs_label(opened->rd_rel->relkind);
	if (protection.column == InvalidAttrNumber) {
		faults.of[needs_label ? kColumn : kPolicy] = 1;
		return faults;
	}
	if (needs_label) {
		faults.of[kType] = typed_function(protection.type) == nullptr ? 1 : 0;
		return faults;
	}
	const Form_pg_attribute column = TupleDescAttr(RelationGetDescr(opened), protection.column - 1);
	faults.of[kForce] = opened->rd_rel->relforcerowsecurity ? 0 : 1;
	faults.of[kNotNull] = column->attnotnull ? 0 : 1;
	faults.of[kDefault] = column->atthasdef ? 0 : 1;
	faults.of[kKeyChecks] = count_disabled_key_checks(opened);
	return faults;
}

// The command has not locked it yet, and who is about to unprotect it is waited for. None of what is gone.
Faults faults_of(Oid relation) {
	Relation opened = try_relation_open(relation, AccessShareLock);
	if (opened == nullptr)
		return {};
	const Faults faults = faults_of_opened(opened);
	relation_close(opened, AccessShareLock);
	return faults;
}

// What was missing before is not lost: each fault can be mended by itself.
struct AtStake {
	Oid relation;
	Faults before;
};

List *add_at_stake(List *relations, Oid relation, const Faults &before) {
	auto *at_stake = static_cast<AtStake *>(palloc(sizeof(AtStake)));
	at_stake->relation = relation;
	at_stake->before = before;
	return lappend(relations, at_stake);
}

const char *what_is_lost(const AtStake &at_stake) {
	if (get_rel_relkind(at_stake.relation) == '\0')
		return nullptr;
	const Faults now = faults_of(at_stake.relation);
	for (int part = 0; part < kParts; part++) {
		if (now.of[part] > at_stake.before.of[part])
			return kPartNames[part];
	}
	return nullptr;
}

List *all_protected_tables() {
	List *tables = NIL;
	Relation catalog = table_open(PolicyRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(catalog, InvalidOid, false, nullptr, 0, nullptr);
	HeapTuple tuple;
	while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
		const Oid relation = reinterpret_cast<Form_pg_policy>(GETSTRUCT(tuple))->polrelid;
		if (is_protected(relation))
			tables = list_append_unique_oid(tables, relation);
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return tables;
}

void close_all_tables() {
	const List *tables = all_protected_tables();
	if (tables == NIL)
		return;
	pg::begin_sql();
	ListCell *cell;
	foreach (cell, tables) {
		pg::run_sql("DROP POLICY IF EXISTS %s ON %s", registry::kClosedPolicy,
					pg::qualified_name(lfirst_oid(cell)));
		pg::run_sql(
			"CREATE POLICY %s ON %s AS RESTRICTIVE FOR ALL TO PUBLIC USING (false) WITH CHECK (false)",
			registry::kClosedPolicy, pg::qualified_name(lfirst_oid(cell)));
	}
	pg::end_sql();
	ereport(
		WARNING,
		(errmsg_plural("%d protected table is closed now", "%d protected tables are closed now",
					   list_length(tables), list_length(tables)),
		 errdetail("Policy \"%s\" shows no rows to anybody whom policies bind.", registry::kClosedPolicy),
		 errhint("Drop it from a table to open it, or create the extension again and protect the table.")));
}

constexpr char kAddConstraint = 'C';
constexpr char kSetNotNull = 'O';
constexpr char kValidateConstraint = 'V';

// Those that are stored already.
bool looks_at_values(const AlterDomainStmt *statement) {
	if (statement->subtype == kAddConstraint)
		return !castNode(Constraint, statement->def)->skip_validation;
	return statement->subtype == kSetNotNull || statement->subtype == kValidateConstraint;
}

bool names(const DropStmt *drop, const char *name) {
	ListCell *cell;
	foreach (cell, drop->objects) {
		if (strcmp(strVal(lfirst(cell)), name) == 0)
			return true;
	}
	return false;
}

bool names_owner(const DropOwnedStmt *drop) {
	const Oid owner = extension_owner();
	ListCell *cell;
	foreach (cell, drop->roles) {
		if (OidIsValid(owner) && get_rolespec_oid(lfirst_node(RoleSpec, cell), true) == owner)
			return true;
	}
	return false;
}

// What TRUNCATE empties: the tables that it names, their parts, and by CASCADE those that reference them.
List *truncated(const TruncateStmt *statement) {
	List *relations = NIL;
	ListCell *cell;
	foreach (cell, statement->relations)
		relations =
			list_concat_unique_oid(relations, with_descendants(relation_of(lfirst_node(RangeVar, cell))));
	if (statement->behavior != DROP_CASCADE)
		return relations;
	for (List *more = heap_truncate_find_FKs(relations); more != NIL;
		 more = heap_truncate_find_FKs(relations))
		relations = list_concat_unique_oid(relations, more);
	return relations;
}

} // namespace

void close_tables_before(const Node *utility) {
	bool drops_schema = false;
	if (IsA(utility, DropStmt)) {
		auto *drop = reinterpret_cast<const DropStmt *>(utility);
		if (drop->behavior == DROP_CASCADE && drop->removeType == OBJECT_EXTENSION &&
			names(drop, "pg_tenant") && OidIsValid(get_extension_oid("pg_tenant", true))) {
			registry::require_free("drop pg_tenant");
			drop_key_checks();
			close_all_tables();
		}
		drops_schema = drop->behavior == DROP_CASCADE && drop->removeType == OBJECT_SCHEMA &&
					   names(drop, registry::kSchema);
	} else if (IsA(utility, DropOwnedStmt)) {
		auto *drop = reinterpret_cast<const DropOwnedStmt *>(utility);
		drops_schema = drop->behavior == DROP_CASCADE && names_owner(drop);
	} else if (IsA(utility, RenameStmt)) {
		auto *rename = reinterpret_cast<const RenameStmt *>(utility);
		drops_schema = rename->renameType == OBJECT_SCHEMA && strcmp(rename->subname, registry::kSchema) == 0;
	}
	if (drops_schema && all_protected_tables() != NIL)
		ereport(ERROR, (errcode(ERRCODE_TENANT_BOUNDARY),
						errmsg("this would take pg_tenant away and open its protected tables"),
						errhint("DROP EXTENSION pg_tenant CASCADE;")));
}

void require_truncatable(const TruncateStmt *statement) { require_none_protected(truncated(statement)); }

void require_same_remote_column(const AlterTableStmt *statement) {
	ListCell *cell;
	foreach (cell, statement->cmds) {
		auto *command = static_cast<const AlterTableCmd *>(lfirst(cell));
		if (command->subtype != AT_AlterColumnGenericOptions)
			continue;
		const Oid table = relation_of(statement->relation);
		if (OidIsValid(table) && is_protected(table) &&
			get_attnum(table, command->name) == registry::protection_of(table).column)
			ereport(ERROR,
					(errcode(ERRCODE_TENANT_BOUNDARY),
					 errmsg("cannot change the options of the tenant column of protected table \"%s\"",
							get_rel_name(table)),
					 errdetail("Its rows would be told apart by another column."),
					 errhint("SELECT tenant.unprotect(%s);", quote_literal_cstr(pg::qualified_name(table)))));
	}
}

void require_own_domain(const AlterDomainStmt *statement) {
	const Oid domain =
		LookupTypeNameOid(nullptr, makeTypeNameFromNameList(statement->typeName), /*missing_ok=*/true);
	if (!OidIsValid(domain) || !looks_at_values(statement))
		return;
	ListCell *cell;
	foreach (cell, relations_with_domain(domain)) {
		const Oid relation = lfirst_oid(cell);
		if ((!is_protected(relation) && !holds_shared_rows(relation)) ||
			pg::owns_relation(relation, GetUserId()))
			continue;
		const char *name = format_type_be_qualified(domain);
		ereport(ERROR,
				(errcode(ERRCODE_TENANT_BOUNDARY),
				 errmsg("a constraint of domain %s would be checked with every tenant's values",
						format_type_be(domain)),
				 errdetail("Rows of all tenants are in \"%s\", which has columns of it and another owner.",
						   get_rel_name(relation)),
				 statement->subtype == kAddConstraint
					 ? errhint("ALTER DOMAIN %s ADD ... NOT VALID;", name)
					 : errhint("As a role that may bypass row-level security: SET row_security = off;")));
	}
}

List *protected_targets(const Node *utility) {
	List *relations = NIL;
	if (IsA(utility, TruncateStmt))
		relations = truncated(reinterpret_cast<const TruncateStmt *>(utility));
	else if (IsA(utility, CopyStmt) && reinterpret_cast<const CopyStmt *>(utility)->relation != nullptr)
		relations = list_make1_oid(relation_of(reinterpret_cast<const CopyStmt *>(utility)->relation));
	List *found = NIL;
	ListCell *cell;
	foreach (cell, relations) {
		if (OidIsValid(lfirst_oid(cell)) && is_protected(lfirst_oid(cell)))
			found = lappend_oid(found, lfirst_oid(cell));
	}
	return found;
}

List *relations_at_stake(const Node *utility) {
	List *relations = NIL;
	ListCell *cell;
	foreach (cell, touched_relations(utility)) {
		if (OidIsValid(lfirst_oid(cell)) && is_protected(lfirst_oid(cell)))
			relations = add_at_stake(relations, lfirst_oid(cell), faults_of(lfirst_oid(cell)));
	}
	return relations;
}

void note_dropped_policy(Oid policy) {
	Relation catalog = table_open(PolicyRelationId, AccessShareLock);
	ScanKeyData key;
	ScanKeyInit(&key, Anum_pg_policy_oid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(policy));
	SysScanDesc scan = systable_beginscan(catalog, PolicyOidIndexId, true, nullptr, 1, &key);
	HeapTuple tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple)) {
		auto *form = reinterpret_cast<Form_pg_policy>(GETSTRUCT(tuple));
		if (strcmp(NameStr(form->polname), registry::kIsolationPolicy) == 0 && is_protected(form->polrelid)) {
			MemoryContext outer = MemoryContextSwitchTo(TopMemoryContext);
			tables_that_lost_policies = lappend_oid(tables_that_lost_policies, form->polrelid);
			if (!protection_may_change && get_rel_persistence(form->polrelid) != RELPERSISTENCE_TEMP) {
				auto *lost = static_cast<Lost *>(palloc(sizeof(Lost)));
				*lost = {form->polrelid, pg::qualified_name(form->polrelid)};
				lost_protection = lappend(lost_protection, lost);
			}
			MemoryContextSwitchTo(outer);
		}
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
}

List *take_tables_that_lost_policies() {
	List *open = NIL;
	ListCell *cell;
	foreach (cell, tables_that_lost_policies) {
		// A table that is gone is no concern.
		if (get_rel_relkind(lfirst_oid(cell)) != '\0' && !policies_of(lfirst_oid(cell)).has_closed)
			open = add_at_stake(open, lfirst_oid(cell), {});
	}
	list_free(tables_that_lost_policies);
	tables_that_lost_policies = NIL;
	return open;
}

List *take_lost_protection() {
	List *names = NIL;
	ListCell *cell;
	foreach (cell, lost_protection) {
		const auto *lost = static_cast<const Lost *>(lfirst(cell));
		// Otherwise an error has undone it.
		if (get_rel_relkind(lost->relation) == '\0' || !is_protected(lost->relation))
			names = lappend(names, pstrdup(lost->name));
		pfree(const_cast<char *>(lost->name));
	}
	list_free_deep(lost_protection);
	lost_protection = NIL;
	return names;
}

void require_still_protected(const List *relations) {
	if (relations == NIL || protection_may_change)
		return;
	CommandCounterIncrement();
	ListCell *cell;
	foreach (cell, relations) {
		auto *at_stake = static_cast<const AtStake *>(lfirst(cell));
		const Oid relation = at_stake->relation;
		const char *lost = what_is_lost(*at_stake);
		if (lost != nullptr)
			ereport(ERROR, (errcode(ERRCODE_TENANT_BOUNDARY),
							errmsg("protected table \"%s\" would lose %s", get_rel_name(relation), lost),
							errhint("SELECT tenant.unprotect(%s);",
									quote_literal_cstr(pg::qualified_name(relation)))));
	}
}

} // namespace pg_tenant::isolation
