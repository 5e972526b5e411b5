#include "isolation/mirror.hpp"

#include <cstring>

#include "isolation/catalog.hpp"
#include "isolation/partitions.hpp"
#include "pg/compat.hpp"
#include "pg/error.hpp"
#include "pg/scoped.hpp"
#include "pg/spi.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/pg_class_d.h"
#include "catalog/pg_trigger_d.h"
#include "commands/defrem.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
}

namespace pg_tenant::isolation {
namespace {

constexpr const char *kTrigger = "pg_tenant_isolate";
constexpr int kAttempts = 100;
constexpr long kPause = 10000L; // microseconds

// The columns of the primary key, as a list for SQL, each with what is put before it.
const char *key_columns(Oid table, const char *format) {
	StringInfoData text;
	initStringInfo(&text);
	Relation opened = table_open(table, AccessShareLock);
	Relation index = index_open(pg::primary_key_index(opened), AccessShareLock);
	const int count = index->rd_index->indnkeyatts;
	for (int i = 0; i < count; i++) {
		const char *name = quote_identifier(get_attname(table, index->rd_index->indkey.values[i], false));
		if (format == nullptr)
			appendStringInfo(&text, "%s%s", i == 0 ? "" : ", ", name);
		else
			appendStringInfo(&text, "%sx.%s OPERATOR(pg_catalog.=) ($1).%s", i == 0 ? "" : format, name,
							 name);
	}
	index_close(index, AccessShareLock);
	table_close(opened, NoLock);
	return text.data;
}

// As ri_triggers.c reads and writes: by the owner, past policies, and with a snapshot of this moment,
// whatever the transaction's shows.
void run_as_owner(Oid table, const char *text, Oid type, Datum row) {
	Relation opened = table_open(table, RowExclusiveLock);
	CommandCounterIncrement();
	int result = 0;
	pg::as_role(opened->rd_rel->relowner, SECURITY_NOFORCE_RLS, [&] {
		SPIPlanPtr plan = SPI_prepare(text, OidIsValid(type) ? 1 : 0, &type);
		if (plan == nullptr)
			elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(result));
		result =
			SPI_execute_snapshot(plan, &row, nullptr, GetLatestSnapshot(), InvalidSnapshot, false, false, 0);
		SPI_freeplan(plan);
	});
	if (result < 0)
		elog(ERROR, "SPI_execute_snapshot failed: %s", SPI_result_code_string(result));
	table_close(opened, NoLock);
}

Oid trigger_of(Oid source) { return get_trigger_oid(source, kTrigger, true); }

// Writers are not made to queue behind a lock that we only wait for, at first.
void lock_against_writers(Oid source) {
	for (int i = 0; i < kAttempts; i++) {
		CHECK_FOR_INTERRUPTS();
		if (ConditionalLockRelationOid(source, ShareRowExclusiveLock))
			return;
		pg_usleep(kPause);
	}
	LockRelationOid(source, ShareRowExclusiveLock);
}

// Whose the row is, as text.
const char *tenant_of(const TriggerData *trigger, TupleTableSlot *slot) {
	const Oid table = RelationGetRelid(trigger->tg_relation);
	const AttrNumber column = registry::protection_of(table).column;
	Oid output;
	bool is_varlena;
	bool is_null;
	getTypeOutputInfo(get_atttype(table, column), &output, &is_varlena);
	return OidOutputFunctionCall(output, slot_getattr(slot, column, &is_null));
}

Datum whole_row(const TriggerData *trigger, TupleTableSlot *slot) {
	bool should_free;
	return heap_copy_tuple_as_datum(ExecFetchSlotHeapTuple(slot, true, &should_free),
									RelationGetDescr(trigger->tg_relation));
}

const char *prefixed_columns(Oid table) {
	return pg::query_text(
		"SELECT pg_catalog.string_agg('($1).' OPERATOR(pg_catalog.||) pg_catalog.quote_ident(attname),"
		" ', ' ORDER BY attnum) FROM pg_catalog.pg_attribute WHERE attrelid OPERATOR(pg_catalog.=) %u"
		" AND attnum OPERATOR(pg_catalog.>) 0 AND NOT attisdropped"
		" AND attgenerated OPERATOR(pg_catalog.=) ''",
		table);
}

// The table that has, or is to have, the row.
Oid table_for(const TriggerData *trigger, TupleTableSlot *slot) {
	char **arguments = trigger->tg_trigger->tgargs;
	const bool is_own = strcmp(tenant_of(trigger, slot), arguments[2]) == 0;
	return static_cast<Oid>(strtoul(arguments[is_own ? 0 : 1], nullptr, 10));
}

// Policies have passed the row then, and whose it is is part of its key: nobody else's can be reached so.
void require_own_trigger(const TriggerData *trigger) {
	const Trigger *made = trigger->tg_trigger;
	bool is_own = TRIGGER_FIRED_FOR_ROW(trigger->tg_event) && TRIGGER_FIRED_AFTER(trigger->tg_event) &&
				  made->tgnargs == 3 && registry::is_protected(RelationGetRelid(trigger->tg_relation));
	for (int i = 0; i < 2 && is_own; i++) {
		const auto table = static_cast<Oid>(strtoul(made->tgargs[i], nullptr, 10));
		is_own = get_rel_relkind(table) == RELKIND_RELATION && registry::is_protected(table) &&
				 pg::owns_relation(table, trigger->tg_relation->rd_rel->relowner);
	}
	if (!is_own)
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("repeat_row() is for the triggers that isolate_tenant() makes")));
}

void remove_row(const TriggerData *trigger, TupleTableSlot *slot) {
	const Oid table = table_for(trigger, slot);
	run_as_owner(
		table,
		psprintf("DELETE FROM ONLY %s x WHERE %s", pg::qualified_name(table), key_columns(table, " AND ")),
		trigger->tg_relation->rd_rel->reltype, whole_row(trigger, slot));
}

void add_row(const TriggerData *trigger, TupleTableSlot *slot) {
	const Oid source = RelationGetRelid(trigger->tg_relation);
	const Oid table = table_for(trigger, slot);
	run_as_owner(table,
				 psprintf("INSERT INTO %s (%s) SELECT %s", pg::qualified_name(table), stored_columns(source),
						  prefixed_columns(source)),
				 trigger->tg_relation->rd_rel->reltype, whole_row(trigger, slot));
}

void copy_rows(const Mirror &mirror, Oid target, const char *operation, unsigned first, unsigned end) {
	const char *columns = stored_columns(mirror.source);
	run_as_owner(
		target,
		psprintf("INSERT INTO %s (%s) SELECT %s FROM ONLY %s WHERE ctid OPERATOR(pg_catalog.>=) '(%u,0)'"
				 " AND ctid OPERATOR(pg_catalog.<) '(%u,0)' AND %s OPERATOR(pg_catalog.%s) %s"
				 " ON CONFLICT (%s) DO NOTHING",
				 pg::qualified_name(target), columns, columns, pg::qualified_name(mirror.source), first, end,
				 quote_identifier(mirror.column), operation, mirror.literal, key_columns(target, nullptr)),
		InvalidOid, 0);
}

} // namespace

void require_mirrorable(Oid table) {
	Relation opened = table_open(table, AccessShareLock);
	bool has_key = OidIsValid(pg::primary_key_index(opened));
	ListCell *cell;
	foreach (cell, RelationGetIndexList(opened)) {
		Relation index = index_open(lfirst_oid(cell), AccessShareLock);
		if (index->rd_index->indisunique && !index->rd_index->indimmediate)
			ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
							errmsg("cannot isolate a tenant of \"%s\"", RelationGetRelationName(opened)),
							errdetail("Key \"%s\" is deferrable.", RelationGetRelationName(index))));
		index_close(index, AccessShareLock);
	}
	if (!has_key)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("\"%s\" has no primary key", RelationGetRelationName(opened)),
						errdetail("What is written while rows are copied could not be told apart.")));
	table_close(opened, NoLock);
}

void start_mirroring(const Mirror &mirror) {
	// The function is the extension's own.
	pg::as_role(extension_owner(), 0, [&] {
		pg::run_sql("CREATE TRIGGER %s AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION"
					" tenant.repeat_row(%u, %u, %s)",
					kTrigger, pg::qualified_name(mirror.source), mirror.own, mirror.rest,
					quote_literal_cstr(mirror.tenant));
		pg::run_sql("ALTER TABLE %s ENABLE ALWAYS TRIGGER %s", pg::qualified_name(mirror.source), kTrigger);
	});
	// Who drops the tables takes the trigger with them, which would fail without.
	const ObjectAddress trigger = {TriggerRelationId, trigger_of(mirror.source), 0};
	const ObjectAddress own = {RelationRelationId, mirror.own, 0};
	const ObjectAddress rest = {RelationRelationId, mirror.rest, 0};
	recordDependencyOn(&trigger, &own, DEPENDENCY_NORMAL);
	recordDependencyOn(&trigger, &rest, DEPENDENCY_NORMAL);
	CommandCounterIncrement();
}

void drop_mirror(Oid source, bool with_tables) {
	const Oid trigger = trigger_of(source);
	if (!OidIsValid(trigger))
		return;
	const char *tables =
		pg::query_text("SELECT pg_catalog.string_agg(refobjid::pg_catalog.regclass::pg_catalog.text, ', ') "
					   "FROM pg_catalog.pg_depend"
					   " WHERE classid OPERATOR(pg_catalog.=) %u AND objid OPERATOR(pg_catalog.=) %u AND"
					   " deptype OPERATOR(pg_catalog.=) 'n' AND refclassid OPERATOR(pg_catalog.=) %u",
					   TriggerRelationId, trigger, RelationRelationId);
	pg::run_sql("DROP TRIGGER %s ON %s", kTrigger, pg::qualified_name(source));
	if (with_tables && tables != nullptr)
		pg::run_sql("DROP TABLE %s", tables);
}

void copy_blocks(const Mirror &mirror, unsigned first, unsigned end) {
	lock_against_writers(mirror.source);
	copy_rows(mirror, mirror.own, "=", first, end);
	copy_rows(mirror, mirror.rest, "<>", first, end);
}

void repeat_row(const TriggerData *trigger) {
	require_own_trigger(trigger);
	pg::begin_sql();
	if (TRIGGER_FIRED_BY_DELETE(trigger->tg_event) || TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
		remove_row(trigger, trigger->tg_trigslot);
	if (!TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		add_row(trigger,
				TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newslot : trigger->tg_trigslot);
	pg::end_sql();
}

} // namespace pg_tenant::isolation
