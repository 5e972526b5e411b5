#include "deletion/enable.hpp"

#include <cstring>

#include "deletion/follow.hpp"
#include "deletion/unique_keys.hpp"
#include "isolation/catalog.hpp"
#include "isolation/protect.hpp"
#include "pg/compat.hpp"
#include "pg/scoped.hpp"
#include "pg/spi.hpp"
#include "registry/relations.hpp"
#include "registry/require.hpp"

extern "C" {
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_class_d.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_trigger_d.h"
#include "catalog/pg_type_d.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
}

namespace pg_tenant::deletion {

using registry::deletion_of;
using registry::is_soft_deleted;

namespace {

constexpr char kFollowingTrigger[] = "tenant_follow_deletion";

bool is_plain(char kind) { return kind == RELKIND_RELATION || kind == RELKIND_PARTITIONED_TABLE; }

// The table itself, then its partitions and children, all locked.
const List *members_of(Oid table) {
	const List *members = find_all_inheritors(table, AccessExclusiveLock, nullptr);
	ListCell *cell;
	foreach (cell, members) {
		if (!is_plain(get_rel_relkind(lfirst_oid(cell))))
			ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
							errmsg("\"%s\" is not a table", get_rel_name(lfirst_oid(cell))),
							errdetail("Only rows of tables can be marked as deleted.")));
	}
	return members;
}

void require_top(Oid table, const char *deed) {
	ListCell *cell;
	foreach (cell, isolation::parents_of(table))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is a part of \"%s\"", get_rel_name(table), get_rel_name(lfirst_oid(cell))),
				 errhint("SELECT tenant.%s(%s);", deed,
						 quote_literal_cstr(pg::qualified_name(lfirst_oid(cell))))));
}

void require_null_by_default(Oid table, AttrNumber column) {
	Relation opened = table_open(table, NoLock);
	const Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(opened), column - 1);
	if (attribute->attnotnull || attribute->atthasdef)
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("column \"%s\" of \"%s\" is NOT NULL, generated or has a default",
							   NameStr(attribute->attname), get_rel_name(table)),
						errdetail("It is NULL in every row that is not deleted.")));
	table_close(opened, NoLock);
}

// Parts may have what their table has not: a default, and the column itself before the table gets it.
void require_null_by_default(const List *members, const char *column) {
	ListCell *cell;
	foreach (cell, members)
		require_null_by_default(lfirst_oid(cell), get_attnum(lfirst_oid(cell), column));
}

bool any_has_column(const List *members, const char *column) {
	ListCell *cell;
	foreach (cell, members) {
		if (get_attnum(lfirst_oid(cell), column) != InvalidAttrNumber)
			return true;
	}
	return false;
}

// It holds NULL until a row is deleted.
void require_column(Oid table, const char *column, Oid type) {
	const AttrNumber number = get_attnum(table, column);
	if (number == InvalidAttrNumber) {
		pg::run_sql("ALTER TABLE %s ADD COLUMN %s %s", pg::qualified_name(table), quote_identifier(column),
					format_type_be(type));
		return;
	}
	if (number < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("\"%s\" is a system column", column)));
	if (get_atttype(table, number) != type)
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("column \"%s\" of \"%s\" is %s, not %s", column, get_rel_name(table),
							   format_type_be(get_atttype(table, number)), format_type_be(type))));
}

void put_trigger(Oid table, const char *deleted_at, const char *deleted_by, const char *live_keys) {
	const char *arguments = psprintf("OLD.%s", quote_identifier(deleted_at));
	if (deleted_by != nullptr)
		arguments = psprintf("%s, OLD.%s", arguments, quote_identifier(deleted_by));
	pg::run_sql("CREATE TRIGGER %s BEFORE DELETE ON %s FOR EACH ROW WHEN (tenant.is_unasked_delete(%s))"
				" EXECUTE FUNCTION tenant.refuse_delete(%s)",
				registry::kDeletionTrigger, pg::qualified_name(table), arguments, live_keys);
}

// Whether the server makes the trigger when its parent gets one.
bool follows_parent(Oid table) { return get_rel_relispartition(table); }

bool has_trigger(Oid table, const char *name) { return OidIsValid(get_trigger_oid(table, name, true)); }

// The table that the server makes its triggers of.
Oid trigger_root(Oid table) {
	while (follows_parent(table))
		table = linitial_oid(isolation::parents_of(table));
	return table;
}

bool takes_part_in_key(Oid table) {
	return pg::query_number("SELECT 1 FROM pg_catalog.pg_constraint WHERE contype OPERATOR(pg_catalog.=) 'f'"
							" AND (conrelid OPERATOR(pg_catalog.=) %u OR confrelid OPERATOR(pg_catalog.=) %u)"
							" LIMIT 1",
							table, table) > 0;
}

// A table may come to be referenced by those who cannot give it a trigger.
void put_follower(Oid member) {
	const Oid table = trigger_root(member);
	const registry::Deletion deletion = deletion_of(table);
	if (deletion.at == InvalidAttrNumber || has_trigger(table, kFollowingTrigger))
		return;
	const char *column = quote_identifier(get_attname(table, deletion.at, false));
	pg::as_role(isolation::extension_owner(), 0, [&] {
		pg::run_sql("CREATE TRIGGER %s AFTER UPDATE OF %s ON %s FOR EACH ROW WHEN ((OLD.%s IS NULL)"
					" OPERATOR(pg_catalog.<>) (NEW.%s IS NULL)) EXECUTE FUNCTION tenant.follow_deletion()",
					kFollowingTrigger, column, pg::qualified_name(table), column, column);
	});
}

void drop_trigger(Oid table, const char *name) {
	pg::run_sql("DROP TRIGGER %s ON %s", name, pg::qualified_name(table));
}

void drop_triggers(Oid table) {
	drop_trigger(table, registry::kDeletionTrigger);
	if (has_trigger(table, kFollowingTrigger))
		drop_trigger(table, kFollowingTrigger);
}

// Rows are updated then; what users wired to DELETE does not run.
void report_delete_triggers(Oid table) {
	Relation opened = table_open(table, NoLock);
	const TriggerDesc *triggers = opened->trigdesc;
	for (int i = 0; triggers != nullptr && i < triggers->numtriggers; i++) {
		const Trigger &trigger = triggers->triggers[i];
		if (TRIGGER_FOR_DELETE(trigger.tgtype) && !trigger.tgisinternal)
			ereport(NOTICE,
					(errmsg("trigger \"%s\" of \"%s\" runs ON DELETE: not when a row is marked as deleted",
							trigger.tgname, get_rel_name(table)),
					 errdetail("To triggers that is an UPDATE. It runs when rows really go.")));
	}
	table_close(opened, NoLock);
}

} // namespace

void enable(Oid table, const Options &options) {
	isolation::lock_owned(table, AccessExclusiveLock);
	if (is_soft_deleted(table))
		ereport(ERROR, (errcode(ERRCODE_DUPLICATE_OBJECT),
						errmsg("rows of \"%s\" are soft-deleted already", get_rel_name(table))));
	if (!is_plain(get_rel_relkind(table)))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not a table", get_rel_name(table)),
				 errdetail("Only rows of tables can be marked as deleted.")));
	require_top(table, "enable_soft_delete");
	const List *members = members_of(table);
	pg::begin_sql();
	const bool may_have_deleted = any_has_column(members, options.deleted_at);
	require_column(table, options.deleted_at, TIMESTAMPTZOID);
	require_null_by_default(members, options.deleted_at);
	if (options.deleted_by != nullptr) {
		require_column(table, options.deleted_by, TEXTOID);
		require_null_by_default(members, options.deleted_by);
	}
	StringInfoData live_keys;
	initStringInfo(&live_keys);
	ListCell *cell;
	foreach (cell, members) {
		report_delete_triggers(lfirst_oid(cell));
		if (options.with_live_keys)
			make_keys_live(lfirst_oid(cell), options.deleted_at, &live_keys);
	}
	foreach (cell, members) {
		if (!follows_parent(lfirst_oid(cell)))
			put_trigger(lfirst_oid(cell), options.deleted_at, options.deleted_by, live_keys.data);
	}
	foreach (cell, members) {
		if (takes_part_in_key(lfirst_oid(cell)))
			put_follower(lfirst_oid(cell));
	}
	foreach (cell, members) {
		if (may_have_deleted && get_rel_relkind(lfirst_oid(cell)) == RELKIND_RELATION)
			report_orphans(lfirst_oid(cell));
	}
	pg::end_sql();
}

void disable(Oid table) {
	isolation::lock_owned(table, AccessExclusiveLock);
	if (!is_soft_deleted(table))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("rows of \"%s\" are not soft-deleted", get_rel_name(table))));
	require_top(table, "disable_soft_delete");
	const List *members = members_of(table);
	pg::begin_sql();
	ListCell *cell;
	foreach (cell, members)
		make_keys_full(lfirst_oid(cell));
	foreach (cell, members) {
		const Oid member = lfirst_oid(cell);
		if (follows_parent(member) || !is_soft_deleted(member))
			continue;
		drop_triggers(member);
	}
	pg::end_sql();
	ereport(NOTICE, (errmsg("rows of \"%s\" that were deleted are seen again", get_rel_name(table))));
}

namespace {

bool is_same_column(Oid part, AttrNumber of_part, Oid parent, AttrNumber of_parent) {
	if (of_part == InvalidAttrNumber || of_parent == InvalidAttrNumber)
		return of_part == of_parent;
	return strcmp(get_attname(part, of_part, false), get_attname(parent, of_parent, false)) == 0;
}

// Through a parent its parts are read and deleted from as the parent says.
void require_same_deletion(Oid part, Oid parent) {
	const registry::Deletion own = deletion_of(part);
	const registry::Deletion wanted = deletion_of(parent);
	if (!is_same_column(part, own.at, parent, wanted.at) || !is_same_column(part, own.by, parent, wanted.by))
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("rows of \"%s\" are not soft-deleted as those of \"%s\" are",
							   get_rel_name(part), get_rel_name(parent)),
						errdetail("Through the latter deleted rows would be seen, or removed."),
						wanted.at == InvalidAttrNumber ? errhint("SELECT tenant.disable_soft_delete(%s);",
																 quote_literal_cstr(pg::qualified_name(part)))
													   : errhint("Use the same columns in both.")));
}

void require_same_deletion(Oid part) {
	ListCell *cell;
	foreach (cell, isolation::parents_of(part))
		require_same_deletion(part, lfirst_oid(cell));
}

void require_table(Oid part, Oid parent) {
	if (is_soft_deleted(parent) && !is_plain(get_rel_relkind(part)))
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
						errmsg("\"%s\" cannot be a part of \"%s\", whose rows are soft-deleted",
							   get_rel_name(part), get_rel_name(parent)),
						errdetail("Only rows of tables can be marked as deleted.")));
}

} // namespace

uint64 restore_rows(Oid table, const char *condition) {
	const registry::Deletion deletion = deletion_of(table);
	if (deletion.at == InvalidAttrNumber)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("rows of \"%s\" are not soft-deleted", get_rel_name(table))));
	pg::require_expression(condition);
	const char *at = quote_identifier(get_attname(table, deletion.at, false));
	const char *by = deletion.by == InvalidAttrNumber
						 ? ""
						 : psprintf(", %s = NULL", quote_identifier(get_attname(table, deletion.by, false)));
	// Errors of the (sub)transaction undo the setting too.
	const int level = NewGUCNestLevel();
	(void)set_config_option("app.include_deleted", "on", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0,
							false);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	const int result = SPI_execute(psprintf("UPDATE %s SET %s = NULL%s WHERE %s IS NOT NULL AND (%s\n)",
											pg::qualified_name(table), at, by, at, condition),
								   false, 0);
	if (result != SPI_OK_UPDATE)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("condition is not one")));
	const uint64 restored = SPI_processed;
	SPI_finish();
	AtEOXact_GUC(true, level);
	return restored;
}

void require_own_trigger(const CreateTrigStmt *statement) {
	if (strcmp(statement->trigname, registry::kDeletionTrigger) != 0)
		return;
	const Oid table = RangeVarGetRelid(statement->relation, NoLock, true);
	if (OidIsValid(table) && !pg::owns_relation(table, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, get_rel_name(table));
}

void keep_detached(Oid part, Oid former_parent) {
	const registry::Deletion deletion = deletion_of(former_parent);
	if (deletion.at == InvalidAttrNumber || is_soft_deleted(part))
		return;
	pg::begin_sql();
	put_trigger(part, get_attname(former_parent, deletion.at, false),
				deletion.by == InvalidAttrNumber ? nullptr : get_attname(former_parent, deletion.by, false),
				"");
	if (takes_part_in_key(part))
		put_follower(part);
	pg::end_sql();
}

void make_way_for_parent(Oid part, Oid parent) {
	if (!is_soft_deleted(part) || !is_soft_deleted(parent))
		return;
	isolation::lock_owned(part, AccessExclusiveLock);
	require_same_deletion(part, parent);
	pg::begin_sql();
	drop_triggers(part);
	pg::end_sql();
}

void require_born_live(Oid relation) {
	const AttrNumber deleted_at = deletion_of(relation).at;
	if (deleted_at != InvalidAttrNumber)
		require_null_by_default(relation, deleted_at);
	else if (has_trigger(relation, registry::kDeletionTrigger))
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("the column that says which rows of \"%s\" are deleted must allow NULL",
							   get_rel_name(relation)),
						errdetail("It is NULL in every row that is not deleted."),
						errhint("SELECT tenant.disable_soft_delete(%s);",
								quote_literal_cstr(pg::qualified_name(relation)))));
}

void enable_new_part(Oid relation) {
	ListCell *cell;
	foreach (cell, isolation::parents_of(relation))
		require_table(relation, lfirst_oid(cell));
	if (is_soft_deleted(relation)) {
		require_same_deletion(relation);
		require_born_live(relation);
		pg::begin_sql();
		if (takes_part_in_key(relation))
			put_follower(relation);
		pg::end_sql();
	}
	if (follows_parent(relation) || is_soft_deleted(relation))
		return;
	foreach (cell, isolation::parents_of(relation)) {
		const Oid parent = lfirst_oid(cell);
		const registry::Deletion deletion = deletion_of(parent);
		if (deletion.at == InvalidAttrNumber)
			continue;
		pg::begin_sql();
		put_trigger(relation, get_attname(parent, deletion.at, false),
					deletion.by == InvalidAttrNumber ? nullptr : get_attname(parent, deletion.by, false), "");
		if (takes_part_in_key(relation))
			put_follower(relation);
		pg::end_sql();
		require_same_deletion(relation);
		return;
	}
}

void follow_keys_of(Oid relation) {
	// ALTER TABLE is for indexes and types too.
	if (!is_plain(get_rel_relkind(relation)))
		return;
	Relation table = table_open(relation, NoLock);
	List *tables = NIL;
	ListCell *cell;
	foreach (cell, RelationGetFKeyList(table)) {
		auto *key = lfirst_node(ForeignKeyCacheInfo, cell);
		tables = list_append_unique_oid(list_append_unique_oid(tables, key->conrelid), key->confrelid);
	}
	table_close(table, NoLock);
	if (tables == NIL)
		return;
	pg::begin_sql();
	foreach (cell, tables)
		put_follower(lfirst_oid(cell));
	pg::end_sql();
}

} // namespace pg_tenant::deletion
