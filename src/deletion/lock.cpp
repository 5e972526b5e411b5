#include "deletion/lock.hpp"

#include "context/frame.hpp"
#include "isolation/filter.hpp"
#include "pg/error.hpp"
#include "pg/list.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/partition.h"
#include "nodes/execnodes.h"
#include "parser/parsetree.h"
#include "storage/bufmgr.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
}

namespace pg_tenant::deletion {
namespace {

struct Writer {
	dlist_node node;
	MemoryContextCallback callback;
	const QueryDesc *query;
};

dlist_head writers = DLIST_STATIC_INIT(writers);

void forget(void *writer) { dlist_delete(&static_cast<Writer *>(writer)->node); }

// It may be a partition that a row was routed to.
bool writes(const PlannedStmt *plan, Oid table) {
	const List *ancestors = get_rel_relispartition(table) ? get_partition_ancestors(table) : NIL;
	ListCell *cell;
	foreach (cell, plan->resultRelations) {
		const Oid written = rt_fetch(lfirst_int(cell), plan->rtable)->relid;
		if (written == table || list_member_oid(ancestors, written))
			return true;
	}
	return false;
}

bool writes_soft_deleting(const PlannedStmt *plan) {
	ListCell *cell;
	foreach (cell, plan->resultRelations) {
		if (registry::is_soft_deleted(rt_fetch(lfirst_int(cell), plan->rtable)->relid))
			return true;
	}
	return false;
}

// The row that a ModifyTable looks at again is in a slot for this, that of the table whose row it has come
// to.
Oid table_looked_at(const PlanState *state, ItemPointer row) {
	if (!IsA(state, ModifyTableState))
		return InvalidOid;
	auto *writer = reinterpret_cast<const ModifyTableState *>(state);
	const ResultRelInfo *target = &writer->resultRelInfo[writer->mt_lastResultIndex];
	TupleTableSlot *slot = writer->mt_epqstate.relsubs_slot[target->ri_RangeTableIndex - 1];
	return TupIsNull(slot) || !ItemPointerEquals(&slot->tts_tid, row)
			   ? InvalidOid
			   : RelationGetRelid(target->ri_RelationDesc);
}

bool is_tenants(Relation table, TupleTableSlot *slot) {
	const registry::Protection protection = registry::protection_of(RelationGetRelid(table));
	if (protection.column == InvalidAttrNumber || context::sees_all_tenants)
		return true;
	const core::TenantId *tenant = context::statement_tenant();
	bool is_null;
	const Datum value = slot_getattr(slot, protection.column, &is_null);
	return tenant != nullptr && !is_null && isolation::is_id(protection.type, value, *tenant);
}

[[noreturn]] void refuse_caller() {
	ereport(ERROR, (errcode(ERRCODE_TENANT_BOUNDARY),
					errmsg("tenant.lock_deleted() is called by DELETE and UPDATE alone")));
}

// What is locked must be a row: one that this statement sees, or one that others have just committed. Neither
// is cleared away while the statement's snapshot is there.
void lock_live_row(Relation table, ItemPointer row, TupleTableSlot *slot) {
	if (!table_tuple_fetch_row_version(table, row, GetActiveSnapshot(), slot) &&
		!table_tuple_fetch_row_version(table, row, SnapshotSelf, slot))
		return;
	if (!is_tenants(table, slot))
		refuse_caller();
	TM_FailureData failure;
	(void)table_tuple_lock(table, row, GetActiveSnapshot(), slot, GetCurrentCommandId(true),
						   LockTupleExclusive, LockWaitBlock, 0, &failure);
}

} // namespace

void note_writer(QueryDesc *query) {
	if (!writes_soft_deleting(query->plannedstmt))
		return;
	MemoryContext context = query->estate->es_query_cxt;
	auto *writer = static_cast<Writer *>(MemoryContextAlloc(context, sizeof(Writer)));
	writer->query = query;
	writer->callback.func = forget;
	writer->callback.arg = writer;
	dlist_push_head(&writers, &writer->node);
	MemoryContextRegisterResetCallback(context, &writer->callback);
}

Oid table_of_row(Oid table, ItemPointer row) {
	(void)pg::find_in<Writer>(&writers, [&](const Writer *writer) {
		const List *others = writer->query->estate->es_auxmodifytables;
		ListCell *cell;
		if (!OidIsValid(table))
			table = table_looked_at(writer->query->planstate, row);
		foreach (cell, others) {
			if (!OidIsValid(table))
				table = table_looked_at(static_cast<PlanState *>(lfirst(cell)), row);
		}
		return OidIsValid(table);
	});
	return table;
}

void lock_row(Oid row_table, ItemPointer row) {
	const Oid table = table_of_row(row_table, row);
	if (pg::find_in<Writer>(&writers, [table](const Writer *writer) {
			return writes(writer->query->plannedstmt, table);
		}) == nullptr)
		refuse_caller();
	Relation opened = table_open(table, NoLock);
	if (RELKIND_HAS_TABLE_AM(opened->rd_rel->relkind) &&
		ItemPointerGetBlockNumberNoCheck(row) < RelationGetNumberOfBlocks(opened)) {
		TupleTableSlot *slot = table_slot_create(opened, nullptr);
		lock_live_row(opened, row, slot);
		ExecDropSingleTupleTableSlot(slot);
	}
	table_close(opened, NoLock);
}

} // namespace pg_tenant::deletion
