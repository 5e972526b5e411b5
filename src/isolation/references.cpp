#include "isolation/references.hpp"

#include <cstring>

#include "isolation/key_queries.hpp"
#include "pg/error.hpp"
#include "pg/spi.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
}

namespace pg_tenant::isolation {
namespace {

bool spans_tenants(const ForeignKey &key) {
	const AttrNumber referencing = registry::protection_of(key.referencing).column;
	const AttrNumber referenced = registry::protection_of(key.referenced).column;
	if (referencing == InvalidAttrNumber || referenced == InvalidAttrNumber)
		return false;
	for (int i = 0; i < key.count; i++) {
		if (key.referencing_columns[i] == referencing && key.referenced_columns[i] == referenced)
			return false;
	}
	return true;
}

const char *tenant_column_name(Oid table) {
	return get_attname(table, registry::protection_of(table).column, false);
}

// Of a partition, or the table itself; it has one name in all of them.
AttrNumber tenant_column(Oid table, Oid whole_table) {
	return get_attnum(table, tenant_column_name(whole_table));
}

// The tenants of the row that a key references, which the server's own check, whose name comes first, has
// locked; of the one that has a referenced key now, locked, so that who is about to reference it is waited
// for; of the rows that reference a key.
const char *tenants_text(const ForeignKey &key, KeyQuery query, Relation table, Oid *types) {
	const bool reads_referencing = query == KeyQuery::kReferencing;
	StringInfoData text;
	initStringInfo(&text);
	appendStringInfo(&text, "SELECT %sx.%s FROM %s x", reads_referencing ? "DISTINCT " : "",
					 quote_identifier(tenant_column_name(RelationGetRelid(table))), rows_of_key(table));
	append_key_conditions(&text, key, reads_referencing ? KeySide::kReferencing : KeySide::kReferenced,
						  query == KeyQuery::kReferenced ? KeySide::kReferencing : KeySide::kReferenced,
						  types);
	if (query == KeyQuery::kMoved)
		appendStringInfoString(&text, " FOR UPDATE OF x");
	return text.data;
}

// The tenants, as text, of the rows that are found for the key in the slot. Between pg::begin_sql() and
// pg::end_sql(), whose memory they are in.
List *tenants_found(const ForeignKey &key, KeyQuery query, TupleTableSlot *slot, const AttrNumber *columns) {
	Datum values[INDEX_MAX_KEYS];
	if (!read_key_values(key, slot, columns, values))
		return NIL;
	Relation table =
		table_open(query == KeyQuery::kReferencing ? key.referencing : key.referenced, RowShareLock);
	run_key_query(key, query, table, key.count, values, nullptr,
				  [&](Oid *types) { return tenants_text(key, query, table, types); });
	List *tenants = NIL;
	for (uint64 i = 0; i < SPI_processed; i++)
		tenants = lappend(tenants, SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1));
	table_close(table, NoLock);
	return tenants;
}

bool has_other(const List *tenants, const char *tenant) {
	ListCell *cell;
	foreach (cell, tenants) {
		if (strcmp(static_cast<const char *>(lfirst(cell)), tenant) != 0)
			return true;
	}
	return false;
}

// The same tenant in a uuid and in a text column has the same text.
const char *tenant_text(TupleTableSlot *slot, AttrNumber column) {
	bool is_null;
	const Datum value = slot_getattr(slot, column, &is_null);
	if (is_null)
		return "";
	Oid output;
	bool is_varlena;
	getTypeOutputInfo(TupleDescAttr(slot->tts_tupleDescriptor, column - 1)->atttypid, &output, &is_varlena);
	return OidOutputFunctionCall(output, value);
}

bool references_other_tenant(const ForeignKey &own, const ForeignKey &declared, TupleTableSlot *slot) {
	pg::begin_sql();
	const List *tenants = tenants_found(declared, KeyQuery::kReferenced, slot, own.referencing_columns);
	const bool result =
		tenants != NIL &&
		has_other(tenants, tenant_text(slot, tenant_column(own.referencing, declared.referencing)));
	pg::end_sql();
	return result;
}

// Also if another tenant's row has the key now: the server takes any row for the one that is referenced.
bool is_referenced_by_other_tenant(const ForeignKey &own, const ForeignKey &declared, TupleTableSlot *slot) {
	bool result = false;
	pg::begin_sql();
	ListCell *cell;
	foreach (cell, tenants_found(declared, KeyQuery::kMoved, slot, own.referenced_columns)) {
		if (has_other(tenants_found(declared, KeyQuery::kReferencing, slot, own.referenced_columns),
					  static_cast<const char *>(lfirst(cell))))
			result = true;
	}
	pg::end_sql();
	return result;
}

bool is_same(TupleTableSlot *one, TupleTableSlot *other, AttrNumber column) {
	bool is_null;
	bool is_other_null;
	const Datum value = slot_getattr(one, column, &is_null);
	const Datum other_value = slot_getattr(other, column, &is_other_null);
	const Form_pg_attribute attribute = TupleDescAttr(one->tts_tupleDescriptor, column - 1);
	return is_null == is_other_null &&
		   (is_null || datum_image_eq(value, other_value, attribute->attbyval, attribute->attlen));
}

bool is_unchanged(const TriggerData *trigger, const ForeignKey &key, const AttrNumber *columns,
				  AttrNumber tenant) {
	if (!TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ||
		!is_same(trigger->tg_trigslot, trigger->tg_newslot, tenant))
		return false;
	for (int i = 0; i < key.count; i++) {
		if (!is_same(trigger->tg_trigslot, trigger->tg_newslot, columns[i]))
			return false;
	}
	return true;
}

// Lists the rows that reference another tenant's.
const char *crossing_rows_query(const ForeignKey &key) {
	StringInfoData query;
	initStringInfo(&query);
	appendStringInfo(&query, "SELECT a.* FROM %s a JOIN %s b ON", pg::qualified_name(key.referencing),
					 pg::qualified_name(key.referenced));
	for (int i = 0; i < key.count; i++)
		appendStringInfo(&query, "%s b.%s = a.%s", i == 0 ? "" : " AND",
						 quote_identifier(get_attname(key.referenced, key.referenced_columns[i], false)),
						 quote_identifier(get_attname(key.referencing, key.referencing_columns[i], false)));
	appendStringInfo(&query, " WHERE a.%s::text <> b.%s::text;",
					 quote_identifier(tenant_column_name(key.referencing)),
					 quote_identifier(tenant_column_name(key.referenced)));
	return query.data;
}

// Then the check of its insertion may be waiting still, and will find the row gone.
bool is_of_this_transaction(TupleTableSlot *slot) {
	bool is_null;
	return TransactionIdIsCurrentTransactionId(
		DatumGetTransactionId(slot_getsysattr(slot, MinTransactionIdAttributeNumber, &is_null)));
}

} // namespace

void check_reference(const TriggerData *trigger) {
	TupleTableSlot *slot =
		TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newslot : trigger->tg_trigslot;
	// The row may have gone before a deferred check of it.
	if (!table_tuple_satisfies_snapshot(trigger->tg_relation, slot, SnapshotSelf))
		return;
	ForeignKey own;
	ForeignKey declared;
	read_key(trigger->tg_trigger->tgconstraint, &own);
	read_declared_key(own, &declared);
	if (!spans_tenants(declared) || (is_unchanged(trigger, own, own.referencing_columns,
												  tenant_column(own.referencing, declared.referencing)) &&
									 !is_of_this_transaction(trigger->tg_trigslot)))
		return;
	if (references_other_tenant(own, declared, slot))
		ereport(ERROR, (errcode(ERRCODE_TENANT_BOUNDARY),
						errmsg("insert or update on table \"%s\" references a row of another tenant",
							   RelationGetRelationName(trigger->tg_relation)),
						errdetail("Foreign key \"%s\".", NameStr(own.name)),
						errtableconstraint(trigger->tg_relation, NameStr(own.name))));
}

void check_referenced(const TriggerData *trigger) {
	ForeignKey own;
	ForeignKey declared;
	read_key(trigger->tg_trigger->tgconstraint, &own);
	read_declared_key(own, &declared);
	// Only rows from before a key that is NOT VALID can wait for what they reference to be inserted.
	if (!spans_tenants(declared) || (TRIGGER_FIRED_BY_INSERT(trigger->tg_event) && declared.is_validated) ||
		is_unchanged(trigger, own, own.referenced_columns,
					 tenant_column(own.referenced, declared.referenced)))
		return;
	if (is_referenced_by_other_tenant(own, declared, trigger->tg_trigslot) ||
		(TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) &&
		 is_referenced_by_other_tenant(own, declared, trigger->tg_newslot)))
		ereport(ERROR, (errcode(ERRCODE_TENANT_BOUNDARY),
						errmsg("a row of table \"%s\" would be referenced by a row of another tenant",
							   RelationGetRelationName(trigger->tg_relation)),
						errdetail("Foreign key \"%s\" of table \"%s\".", NameStr(declared.name),
								  get_rel_name(declared.referencing)),
						errtableconstraint(table_open(declared.referencing, AccessShareLock),
										   NameStr(declared.name))));
}

void require_own_references(Oid table, Oid key) {
	ForeignKey own;
	ForeignKey declared;
	read_key(key, &own);
	read_declared_key(own, &declared);
	if (!spans_tenants(declared))
		return;
	int64 rows = 0;
	Relation opened = table_open(table, NoLock);
	Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
	TupleTableSlot *slot = table_slot_create(opened, nullptr);
	TableScanDesc scan = table_beginscan(opened, snapshot, 0, nullptr);
	while (table_scan_getnextslot(scan, ForwardScanDirection, slot)) {
		CHECK_FOR_INTERRUPTS();
		if (references_other_tenant(own, declared, slot))
			rows++;
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	UnregisterSnapshot(snapshot);
	if (rows > 0)
		ereport(ERROR, (errcode(ERRCODE_TENANT_BOUNDARY),
						errmsg_plural(INT64_FORMAT " row of \"%s\" references a row of another tenant",
									  INT64_FORMAT " rows of \"%s\" reference rows of other tenants", rows,
									  rows, RelationGetRelationName(opened)),
						errdetail("Foreign key \"%s\".", NameStr(own.name)),
						errhint("SET row_security = off; %s", crossing_rows_query(declared)),
						errtableconstraint(opened, NameStr(own.name))));
	table_close(opened, NoLock);
}

} // namespace pg_tenant::isolation
