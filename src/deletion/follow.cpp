#include "deletion/follow.hpp"

#include "deletion/lock.hpp"
#include "isolation/key_queries.hpp"
#include "pg/spi.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_type_d.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
}

namespace pg_tenant::deletion {

using isolation::ForeignKey;
using isolation::KeyQuery;
using isolation::KeySide;

namespace {

const char *column_name(Oid table, AttrNumber column) {
	return quote_identifier(get_attname(table, column, false));
}

// The columns of a table that say that a row is deleted.
struct Columns {
	const char *at;
	const char *by; // NULL where there is none
};

Columns columns_of(Oid table) {
	const registry::Deletion deletion = registry::deletion_of(table);
	return {column_name(table, deletion.at),
			deletion.by == InvalidAttrNumber ? nullptr : column_name(table, deletion.by)};
}

void append_live(StringInfo text, Oid table) {
	if (registry::is_soft_deleted(table))
		appendStringInfo(text, " AND x.%s IS NULL", columns_of(table).at);
}

// The lock waits for who is marking such a row right now.
const char *live_children_text(const ForeignKey &key, Relation children, Oid *types) {
	StringInfoData text;
	initStringInfo(&text);
	appendStringInfo(&text, "SELECT 1 FROM %s x", isolation::rows_of_key(children));
	isolation::append_key_conditions(&text, key, KeySide::kReferencing, KeySide::kReferenced, types);
	append_live(&text, key.referencing);
	appendStringInfoString(&text, " LIMIT 1 FOR SHARE OF x");
	return text.data;
}

const char *live_parent_text(const ForeignKey &key, Relation parents, Oid *types) {
	StringInfoData text;
	initStringInfo(&text);
	appendStringInfo(&text, "SELECT 1 FROM %s x", isolation::rows_of_key(parents));
	isolation::append_key_conditions(&text, key, KeySide::kReferenced, KeySide::kReferencing, types);
	append_live(&text, key.referenced);
	appendStringInfoString(&text, " FOR KEY SHARE OF x");
	return text.data;
}

const char *mark_text(const ForeignKey &key, Relation children, Oid *types) {
	const Columns columns = columns_of(key.referencing);
	StringInfoData text;
	initStringInfo(&text);
	types[key.count] = TIMESTAMPTZOID;
	types[key.count + 1] = TEXTOID;
	appendStringInfo(&text, "UPDATE %s x SET %s = $%d", isolation::rows_of_key(children), columns.at,
					 key.count + 1);
	if (columns.by != nullptr)
		appendStringInfo(&text, ", %s = $%d", columns.by, key.count + 2);
	isolation::append_key_conditions(&text, key, KeySide::kReferencing, KeySide::kReferenced, types);
	append_live(&text, key.referencing);
	return text.data;
}

// Planning adds that all rows that they reference are live (isolation/deleted): where another one is not yet,
// it brings them back when it comes back itself.
const char *restore_text(const ForeignKey &key, Relation children, Oid *types) {
	const Columns columns = columns_of(key.referencing);
	StringInfoData text;
	initStringInfo(&text);
	types[key.count] = TIMESTAMPTZOID;
	appendStringInfo(&text, "UPDATE %s x SET %s = NULL", isolation::rows_of_key(children), columns.at);
	if (columns.by != nullptr)
		appendStringInfo(&text, ", %s = NULL", columns.by);
	isolation::append_key_conditions(&text, key, KeySide::kReferencing, KeySide::kReferenced, types);
	appendStringInfo(&text, " AND x.%s OPERATOR(pg_catalog.=) $%d", columns.at, key.count + 1);
	return text.data;
}

const char *clear_text(const ForeignKey &key, Relation children, Oid *types) {
	const AttrNumber *columns = key.set_count == 0 ? key.referencing_columns : key.set_columns;
	const int count = key.set_count == 0 ? key.count : key.set_count;
	StringInfoData text;
	initStringInfo(&text);
	appendStringInfo(&text, "UPDATE %s x SET", isolation::rows_of_key(children));
	for (int i = 0; i < count; i++)
		appendStringInfo(&text, "%s %s = %s", i == 0 ? "" : ",", column_name(key.referencing, columns[i]),
						 key.on_delete == FKCONSTR_ACTION_SETNULL ? "NULL" : "DEFAULT");
	isolation::append_key_conditions(&text, key, KeySide::kReferencing, KeySide::kReferenced, types);
	append_live(&text, key.referencing);
	return text.data;
}

// A row at one end of a foreign key. In `own` the columns are those of its table, which may be a partition.
struct End {
	const ForeignKey &own;
	const ForeignKey &declared;
	TupleTableSlot *slot;
};

bool is_referenced_by_live(const End &end) {
	Datum values[INDEX_MAX_KEYS];
	if (!isolation::read_key_values(end.own, end.slot, end.own.referenced_columns, values))
		return false;
	const ForeignKey &key = end.declared;
	Relation children = table_open(key.referencing, RowShareLock);
	isolation::run_key_query(key, KeyQuery::kLiveReferencing, children, key.count, values, nullptr,
							 [&](Oid *types) { return live_children_text(key, children, types); });
	table_close(children, NoLock);
	return SPI_processed > 0;
}

bool references_live(const End &end) {
	Datum values[INDEX_MAX_KEYS];
	if (!isolation::read_key_values(end.own, end.slot, end.own.referencing_columns, values))
		return true;
	const ForeignKey &key = end.declared;
	Relation parents = table_open(key.referenced, RowShareLock);
	isolation::run_key_query(key, KeyQuery::kLiveReferenced, parents, key.count, values, nullptr,
							 [&](Oid *types) { return live_parent_text(key, parents, types); });
	table_close(parents, NoLock);
	return SPI_processed > 0;
}

// Writes the rows that reference this one.
template <typename MakeText>
void write_children(const End &end, KeyQuery query, int extra, Datum *values, const char *nulls,
					MakeText make_text) {
	if (!isolation::read_key_values(end.own, end.slot, end.own.referenced_columns, values))
		return;
	const ForeignKey &key = end.declared;
	Relation children = table_open(key.referencing, RowExclusiveLock);
	isolation::run_key_query(key, query, children, key.count + extra, values, nulls,
							 [&](Oid *types) { return make_text(key, children, types); });
	table_close(children, NoLock);
}

void refuse_if_referenced(const End &end, const char *table, bool should_follow) {
	if (!is_referenced_by_live(end))
		return;
	const ForeignKey &key = end.declared;
	const char *children = get_rel_name(key.referencing);
	ereport(ERROR,
			(errcode(ERRCODE_FOREIGN_KEY_VIOLATION),
			 errmsg("update or delete on table \"%s\" violates foreign key constraint \"%s\" on table"
					" \"%s\"",
					table, NameStr(key.name), children),
			 should_follow
				 ? errdetail("ON DELETE CASCADE would remove rows of table \"%s\".", children)
				 : errdetail("A row that is not deleted is still referenced from table \"%s\".", children),
			 should_follow ? errhint("SELECT tenant.enable_soft_delete(%s);",
									 quote_literal_cstr(pg::qualified_name(key.referencing)))
						   : 0,
			 errtableconstraint(table_open(key.referencing, AccessShareLock), NameStr(key.name))));
}

// What marked the row: children get the same.
struct Marking {
	Datum at;
	Datum by;
	bool is_by_null;
};

Marking marking_of(Oid table, TupleTableSlot *slot) {
	const registry::Deletion deletion = registry::deletion_of(table);
	bool is_null;
	Marking marking = {slot_getattr(slot, deletion.at, &is_null), 0, false};
	if (deletion.by == InvalidAttrNumber)
		marking.by = CStringGetTextDatum(GetUserNameFromId(GetUserId(), false));
	else
		marking.by = slot_getattr(slot, deletion.by, &marking.is_by_null);
	return marking;
}

void mark_children(const End &end, const Marking &marking) {
	const int count = end.declared.count;
	Datum values[INDEX_MAX_KEYS + 2];
	char nulls[INDEX_MAX_KEYS + 2];
	memset(nulls, ' ', sizeof(nulls));
	values[count] = marking.at;
	values[count + 1] = marking.by;
	nulls[count + 1] = marking.is_by_null ? 'n' : ' ';
	write_children(end, KeyQuery::kMark, 2, values, nulls, mark_text);
}

void restore_children(const End &end, const Marking &marking) {
	if (end.declared.on_delete != FKCONSTR_ACTION_CASCADE ||
		!registry::is_soft_deleted(end.declared.referencing))
		return;
	Datum values[INDEX_MAX_KEYS + 2];
	values[end.declared.count] = marking.at;
	write_children(end, KeyQuery::kRestore, 1, values, nullptr, restore_text);
}

void act_on_children(const End &end, const char *table, const Marking &marking) {
	Datum values[INDEX_MAX_KEYS];
	switch (end.declared.on_delete) {
	case FKCONSTR_ACTION_CASCADE:
		if (registry::is_soft_deleted(end.declared.referencing))
			mark_children(end, marking);
		else
			refuse_if_referenced(end, table, true);
		break;
	case FKCONSTR_ACTION_SETNULL:
		write_children(end, KeyQuery::kClear, 0, values, nullptr, clear_text);
		break;
	case FKCONSTR_ACTION_SETDEFAULT:
		write_children(end, KeyQuery::kClear, 0, values, nullptr, clear_text);
		// The default may be this very row.
		refuse_if_referenced(end, table, false);
		break;
	default:
		refuse_if_referenced(end, table, false);
		break;
	}
}

void require_live_parents(Relation table, TupleTableSlot *slot) {
	isolation::visit_keys(table, RI_TRIGGER_FK, [&](const ForeignKey &own, const ForeignKey &declared) {
		if (!registry::is_soft_deleted(declared.referenced) || references_live({own, declared, slot}))
			return;
		ereport(ERROR, (errcode(ERRCODE_FOREIGN_KEY_VIOLATION),
						errmsg("insert or update on table \"%s\" violates foreign key constraint \"%s\"",
							   RelationGetRelationName(table), NameStr(own.name)),
						errdetail("A row that it references in table \"%s\" is deleted.",
								  get_rel_name(declared.referenced)),
						errhint("Restore that one first."), errtableconstraint(table, NameStr(own.name))));
	});
}

void require_own_trigger(const TriggerData *trigger) {
	if (!TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) || !TRIGGER_FIRED_AFTER(trigger->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("follow_deletion() is for AFTER UPDATE triggers, for each row")));
}

// Calls with the open table and a slot that has the row.
template <typename Call> bool with_row(Oid table, ItemPointer row, Call call) {
	Relation opened = table_open(table_of_row(table, row), NoLock);
	TupleTableSlot *slot = table_slot_create(opened, nullptr);
	bool result = false;
	pg::begin_sql();
	if (table_tuple_fetch_row_version(opened, row, SnapshotAny, slot))
		result = call(opened, slot);
	pg::end_sql();
	ExecDropSingleTupleTableSlot(slot);
	table_close(opened, NoLock);
	return result;
}

} // namespace

void follow_deletion(const TriggerData *trigger) {
	require_own_trigger(trigger);
	Relation table = trigger->tg_relation;
	const registry::Deletion deletion = registry::deletion_of(RelationGetRelid(table));
	// Soft deletion may have been disabled since the row was marked.
	if (deletion.at == InvalidAttrNumber)
		return;
	const bool was_live = slot_attisnull(trigger->tg_trigslot, deletion.at);
	TupleTableSlot *slot = trigger->tg_newslot;
	if (was_live == slot_attisnull(slot, deletion.at))
		return;
	pg::begin_sql();
	if (!was_live)
		require_live_parents(table, slot);
	const Marking marking = marking_of(RelationGetRelid(table), was_live ? slot : trigger->tg_trigslot);
	isolation::visit_keys(table, RI_TRIGGER_PK, [&](const ForeignKey &own, const ForeignKey &declared) {
		if (was_live)
			act_on_children({own, declared, slot}, RelationGetRelationName(table), marking);
		else
			restore_children({own, declared, slot}, marking);
	});
	pg::end_sql();
}

bool has_live_parents(Oid table, ItemPointer row) {
	return with_row(table, row, [](Relation opened, TupleTableSlot *slot) {
		bool result = true;
		isolation::visit_keys(opened, RI_TRIGGER_FK, [&](const ForeignKey &own, const ForeignKey &declared) {
			result = result && (!registry::is_soft_deleted(declared.referenced) ||
								references_live({own, declared, slot}));
		});
		return result;
	});
}

bool any_row_may_be_referenced = false;

bool is_without_live_children(Oid table, ItemPointer row) {
	return any_row_may_be_referenced || with_row(table, row, [](Relation opened, TupleTableSlot *slot) {
			   bool result = true;
			   isolation::visit_keys(opened, RI_TRIGGER_PK,
									 [&](const ForeignKey &own, const ForeignKey &declared) {
										 result = result && !is_referenced_by_live({own, declared, slot});
									 });
			   return result;
		   });
}

void report_orphans(Oid table) {
	Relation opened = table_open(table, NoLock);
	const AttrNumber deleted_at = registry::deletion_of(table).at;
	isolation::visit_keys(opened, RI_TRIGGER_PK, [&](const ForeignKey &own, const ForeignKey &declared) {
		bool is_found = false;
		Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
		TupleTableSlot *slot = table_slot_create(opened, nullptr);
		TableScanDesc scan = table_beginscan(opened, snapshot, 0, nullptr);
		while (!is_found && table_scan_getnextslot(scan, ForwardScanDirection, slot)) {
			CHECK_FOR_INTERRUPTS();
			is_found = !slot_attisnull(slot, deleted_at) && is_referenced_by_live({own, declared, slot});
		}
		table_endscan(scan);
		ExecDropSingleTupleTableSlot(slot);
		UnregisterSnapshot(snapshot);
		if (is_found)
			ereport(WARNING,
					(errmsg("deleted rows of \"%s\" are referenced by rows of \"%s\" that are not deleted",
							RelationGetRelationName(opened), get_rel_name(declared.referencing)),
					 errdetail("Foreign key \"%s\".", NameStr(declared.name)),
					 errhint("Restore the former or delete the latter.")));
	});
	table_close(opened, NoLock);
}

} // namespace pg_tenant::deletion
