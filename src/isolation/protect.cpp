#include "isolation/protect.hpp"

#include <cstring>

#include "isolation/boundary.hpp"
#include "isolation/catalog.hpp"
#include "isolation/keys.hpp"
#include "isolation/partitions.hpp"
#include "isolation/policy.hpp"
#include "pg/compat.hpp"
#include "pg/error.hpp"
#include "pg/scoped.hpp"
#include "pg/spi.hpp"
#include "registry/relations.hpp"
#include "registry/require.hpp"

extern "C" {
#include "access/table.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/namespace.h"
#include "catalog/pg_class_d.h"
#include "catalog/pg_collation_d.h"
#include "catalog/pg_inherits.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
}

namespace pg_tenant::isolation {

using registry::is_protected;
using registry::Protection;
using registry::protection_of;

namespace {

void require_kind(Oid relation) {
	const char kind = get_rel_relkind(relation);
	const char *name = get_rel_name(relation);
	if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE && !registry::needs_label(kind))
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not a table", name)));
	const Oid schema = get_rel_namespace(relation);
	if (relation < FirstNormalObjectId || IsCatalogNamespace(schema) ||
		schema == get_namespace_oid(registry::kSchema, true))
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
						errmsg("\"%s\" belongs to the system or to pg_tenant", name)));
}

void require_owner(Oid relation) {
	if (!pg::owns_relation(relation, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, get_rel_name(relation));
}

// A child is read through its parent without the child's policies, so protection starts at the top.
void require_no_open_parent(Oid relation) {
	ListCell *cell;
	foreach (cell, parents_of(relation)) {
		if (!is_protected(lfirst_oid(cell)))
			ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
							errmsg("\"%s\" is a part of \"%s\", which is not protected",
								   get_rel_name(relation), get_rel_name(lfirst_oid(cell))),
							errhint("SELECT tenant.protect(%s);",
									quote_literal_cstr(pg::qualified_name(lfirst_oid(cell))))));
	}
}

// The table itself, then its partitions and children, all locked.
List *members_of(Oid table) {
	List *members = find_all_inheritors(table, AccessExclusiveLock, nullptr);
	ListCell *cell;
	foreach (cell, members) {
		require_kind(lfirst_oid(cell));
		require_owner(lfirst_oid(cell));
	}
	return members;
}

// Lets the owner see every row that is adopted, also of a part that was protected before its table.
// put_policies() forces the policies again.
void stop_forcing(const List *members) {
	ListCell *cell;
	foreach (cell, members) {
		if (!registry::needs_label(get_rel_relkind(lfirst_oid(cell))))
			pg::run_sql("ALTER TABLE ONLY %s NO FORCE ROW LEVEL SECURITY",
						pg::qualified_name(lfirst_oid(cell)));
	}
}

// A child may have parents that are no members. Calls with each of those, and with its child.
template <typename Visit> void visit_other_parents(const List *members, Visit visit) {
	for (int i = 1; i < list_length(members); i++) {
		ListCell *cell;
		foreach (cell, list_difference_oid(parents_of(list_nth_oid(members, i)), members))
			visit(lfirst_oid(cell), list_nth_oid(members, i));
	}
}

// Through it the child is not read (isolation/confine.hpp).
void report_open_parents(const List *members, const char *column) {
	visit_other_parents(members, [column](Oid parent, Oid child) {
		if (!is_protected(parent))
			ereport(
				NOTICE,
				(errmsg("\"%s\" is a part of \"%s\" too, which is not protected", get_rel_name(child),
						get_rel_name(parent)),
				 errdetail("Statements that would read it through \"%s\" are refused.", get_rel_name(parent)),
				 errhint("SELECT tenant.protect(%s, %s);", quote_literal_cstr(pg::qualified_name(parent)),
						 quote_literal_cstr(column))));
	});
}

void require_no_protected_parents(const List *members) {
	visit_other_parents(members, [members](Oid parent, Oid child) {
		if (!is_protected(parent))
			return;
		const List *parents = parents_of(child);
		const List *opened = list_difference_oid(parents, list_difference_oid(parents, members));
		ereport(ERROR, (errcode(ERRCODE_TENANT_BOUNDARY),
						errmsg("\"%s\" is a part of protected table \"%s\" too", get_rel_name(child),
							   get_rel_name(parent)),
						errdetail("Opening it would show every tenant's rows in it."),
						errhint("ALTER TABLE %s NO INHERIT %s;", pg::qualified_name(child),
								pg::qualified_name(linitial_oid(opened)))));
	});
}

bool is_generated(Oid table, AttrNumber column) {
	Relation opened = table_open(table, NoLock);
	const Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(opened), column - 1);
	const bool generated = attribute->attgenerated != '\0' || attribute->attidentity != '\0';
	table_close(opened, NoLock);
	return generated;
}

Oid column_type(Oid table, const char *column) {
	const AttrNumber number = get_attnum(table, column);
	if (number == InvalidAttrNumber)
		return InvalidOid;
	if (number < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("\"%s\" is a system column", column)));
	if (is_generated(table, number))
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
						errmsg("column \"%s\" of \"%s\" is generated", column, get_rel_name(table)),
						errdetail("A tenant column takes its default from the session.")));
	Oid type;
	int32 modifier;
	Oid collation;
	get_atttypetypmodcoll(table, number, &type, &modifier, &collation);
	if (typed_function(type) == nullptr)
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("column \"%s\" of \"%s\" is %s, which cannot hold a tenant id", column,
							   get_rel_name(table), format_type_be(type)),
						errdetail("A tenant column is uuid, text, character varying, bigint or integer.")));
	if (OidIsValid(collation) && !get_collation_isdeterministic(collation))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("column \"%s\" of \"%s\" has a nondeterministic collation", column,
							   get_rel_name(table)),
						errdetail("Different tenant ids would be equal.")));
	return type;
}

void require_column_type(Oid type) {
	if (!get_typisdefined(type))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("type with OID %u does not exist", type)));
	if (typed_function(type) == nullptr)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("type %s cannot hold a tenant id", format_type_be(type)),
						errdetail("A tenant column is uuid, text, character varying, bigint or integer.")));
}

bool is_open(const List *members, Open wanted) {
	if (wanted != Open::kAutomatic)
		return wanted == Open::kYes;
	ListCell *cell;
	foreach (cell, members) {
		if (policies_of(lfirst_oid(cell)).has_other_permissive)
			return false;
	}
	return true;
}

// Bottom up: the root counts as protected only when all below it is.
void put_all_policies(const List *members, const char *column, Oid type, bool open) {
	for (int i = list_length(members) - 1; i >= 0; i--)
		put_policies(list_nth_oid(members, i), column, type, open);
}

// An index on a partitioned table covers its partitions; a child by inheritance needs its own.
void put_index(const List *members, const char *column) {
	ListCell *cell;
	foreach (cell, members) {
		const Oid relation = lfirst_oid(cell);
		const bool is_root = relation == linitial_oid(members);
		if ((is_root || !get_rel_relispartition(relation)) &&
			get_rel_relkind(relation) != RELKIND_FOREIGN_TABLE &&
			!has_leading_index(relation, get_attnum(relation, column)))
			pg::run_sql("CREATE INDEX ON %s (%s)", pg::qualified_name(relation), quote_identifier(column));
	}
}

} // namespace

namespace {

// What holds rows elsewhere, or of a query, gets no column and is changed in nothing else.
void protect_labelled(Oid relation, const ProtectOptions &options) {
	const Oid type = column_type(relation, options.column);
	const char *name = get_rel_name(relation);
	if (!OidIsValid(type))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
						errmsg("column \"%s\" of \"%s\" does not exist", options.column, name),
						errdetail("It can be added to tables only.")));
	if (options.assign_to != nullptr)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("cannot give rows of \"%s\" to a tenant", name),
						errdetail("It is a materialized view or a foreign table.")));
	if (options.partitions > 0)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("cannot partition \"%s\"", name),
						errdetail("It is a materialized view or a foreign table.")));
	pg::begin_sql();
	put_policies(relation, options.column, type, true);
	inspect_rows(relation, options);
	if (get_rel_relkind(relation) == RELKIND_MATVIEW)
		put_index(list_make1_oid(relation), options.column);
	else
		pg::run_sql("ALTER FOREIGN TABLE %s ALTER COLUMN %s SET DEFAULT %s", pg::qualified_name(relation),
					quote_identifier(options.column), typed_function(type));
	forget_share(relation);
	pg::end_sql();
}

// The new table is protected as the old one was.
Oid partition_protected(Oid table, const ProtectOptions &options, Oid type) {
	const bool open = policies_of(table).has_rows;
	pg::run_sql("ALTER TABLE ONLY %s NO FORCE ROW LEVEL SECURITY", pg::qualified_name(table));
	const Oid partitioned = make_partitions(table, options.column, options.partitions);
	const List *members = members_of(partitioned);
	put_all_policies(members, options.column, type, open);
	put_index(members, options.column);
	check_foreign_keys(members, false);
	return partitioned;
}

void protect_locked(Oid table, const ProtectOptions &options) {
	require_no_open_parent(table);
	require_column_type(options.type);
	if (registry::needs_label(get_rel_relkind(table))) {
		protect_labelled(table, options);
		return;
	}
	const List *members = members_of(table);
	const bool is_new = !is_protected(table);
	Oid type = column_type(table, options.column);
	const char *name = pg::qualified_name(table);
	const char *column = quote_identifier(options.column);

	pg::begin_sql();
	if (is_new || options.register_tenants || options.assign_to != nullptr)
		stop_forcing(members);
	if (!OidIsValid(type)) {
		type = options.type;
		add_column(table, options);
	}
	if (is_new || options.register_tenants || options.assign_to != nullptr)
		adopt_rows(table, options);
	pg::run_sql("ALTER TABLE %s ALTER COLUMN %s SET NOT NULL, ALTER COLUMN %s SET DEFAULT %s", name, column,
				column, typed_function(type));
	put_all_policies(members, options.column, type, is_open(members, options.open));
	put_index(members, options.column);
	report_open_parents(members, options.column);
	forget_share(table);
	lock_key_partners(members);
	check_foreign_keys(members, is_new);
	if (options.fix_keys)
		fix_foreign_keys(members);
	if (options.partitions > 0 && needs_partitions(table, options.column, options.partitions))
		table = partition_protected(table, options, type);
	report_unsafe_keys(table, options.column);
	pg::end_sql();
}

void unprotect_locked(Oid table) {
	registry::require_free("unprotect a table");
	const Protection protection = protection_of(table);
	if (protection.column == InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("\"%s\" is not protected", get_rel_name(table))));
	if (parents_of(table) != NIL)
		ereport(ERROR, (errcode(ERRCODE_TENANT_BOUNDARY),
						errmsg("\"%s\" is a part of a protected table", get_rel_name(table)),
						errdetail("Opening it would show every tenant's rows in it.")));
	const List *members = members_of(table);
	require_no_protected_parents(members);
	pg::begin_sql();
	ListCell *cell;
	foreach (cell, members) {
		const Oid relation = lfirst_oid(cell);
		const Protection own = protection_of(relation);
		if (own.column == InvalidAttrNumber)
			continue;
		if (!drop_policies(relation, get_attname(relation, own.column, false)))
			ereport(NOTICE, (errmsg("row-level security stays in force on \"%s\" for its other policies",
									get_rel_name(relation))));
		CommandCounterIncrement();
	}
	check_foreign_keys(members, false);
	pg::end_sql();
}

// Otherwise a row would be one tenant's through the parent and another's when its own table is named.
void require_same_column(Oid part, Oid parent, const char *column) {
	const char *own = get_attname(part, protection_of(part).column, false);
	if (strcmp(own, column) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_TENANT_BOUNDARY),
				 errmsg("\"%s\" is protected by column \"%s\", but \"%s\" by \"%s\"", get_rel_name(part), own,
						get_rel_name(parent), column),
				 errhint("SELECT tenant.unprotect(%s);", quote_literal_cstr(pg::qualified_name(part)))));
}

} // namespace

// Ownership comes before the lock: nobody may block a table that is not his.
void lock_owned(Oid relation, LOCKMODE mode) {
	if (get_rel_relkind(relation) == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE), errmsg("relation with OID %u does not exist", relation)));
	require_kind(relation);
	require_owner(relation);
	LockRelationOid(relation, mode);
	if (get_rel_relkind(relation) == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE), errmsg("relation with OID %u does not exist", relation)));
}

// What these two do is not judged as the owner's DDL is.
void protect(Oid table, const ProtectOptions &options) {
	lock_owned(table, AccessExclusiveLock);
	pg::with_value(&protection_may_change, true, [&] { protect_locked(table, options); });
}

void unprotect(Oid table) {
	lock_owned(table, AccessExclusiveLock);
	pg::with_value(&protection_may_change, true, [&] { unprotect_locked(table); });
}

void protect_new_part(Oid relation, bool is_restored) {
	Oid parent = InvalidOid;
	Oid open_parent = InvalidOid;
	ListCell *cell;
	foreach (cell, parents_of(relation)) {
		if (is_protected(lfirst_oid(cell)))
			parent = lfirst_oid(cell);
		else
			open_parent = lfirst_oid(cell);
	}
	// Through a parent its parts are read without their own policies. A restore labels a foreign table and
	// attaches it before it protects the parent.
	if (!is_restored && OidIsValid(open_parent) && (OidIsValid(parent) || is_protected(relation)))
		ereport(ERROR,
				(errcode(ERRCODE_TENANT_BOUNDARY),
				 errmsg("protected table \"%s\" cannot be a part of \"%s\", which is not protected",
						get_rel_name(relation), get_rel_name(open_parent)),
				 errhint("SELECT tenant.protect(%s);", quote_literal_cstr(pg::qualified_name(open_parent)))));
	if (!OidIsValid(parent))
		return;

	const Protection protection = protection_of(parent);
	const char *column = get_attname(parent, protection.column, false);
	// The new part is locked already, by the command that made it one.
	const List *members = find_all_inheritors(relation, AccessExclusiveLock, nullptr);
	const bool open = policies_of(parent).has_rows;
	pg::begin_sql();
	for (int i = list_length(members) - 1; i >= 0; i--) {
		const Oid member = list_nth_oid(members, i);
		if (is_protected(member)) {
			require_same_column(member, parent, column);
			continue;
		}
		put_policies(member, column, protection.type, open && !policies_of(member).has_other_permissive);
		pg::run_sql("ALTER TABLE ONLY %s ALTER COLUMN %s SET DEFAULT %s", pg::qualified_name(member),
					quote_identifier(column), typed_function(protection.type));
	}
	pg::end_sql();
}

} // namespace pg_tenant::isolation
