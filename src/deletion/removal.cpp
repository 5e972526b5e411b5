#include "deletion/removal.hpp"

#include "context/frame.hpp"
#include "isolation/catalog.hpp"
#include "pg/scoped.hpp"
#include "pg/spi.hpp"

extern "C" {
#include "access/htup_details.h"
#include "access/multixact.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type_d.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "storage/itemptr.h"
#include "storage/lmgr.h"
#include "storage/procarray.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
}

namespace pg_tenant::deletion {
namespace {

constexpr uint64 kFirstCapacity = 1024;

// Where rows are that were found; as a receiver of the query that finds them.
struct Places {
	DestReceiver receiver; // first
	ItemPointerData *rows;
	uint64 count;
	uint64 capacity;
};

uint64 most_places() { return static_cast<uint64>(maintenance_work_mem) * 1024 / sizeof(ItemPointerData); }

bool take_place(TupleTableSlot *slot, DestReceiver *receiver) {
	auto *places = reinterpret_cast<Places *>(receiver);
	if (places->count == places->capacity) {
		places->capacity = Min(places->capacity * 2, most_places());
		places->rows = static_cast<ItemPointerData *>(
			repalloc_huge(places->rows, places->capacity * sizeof(ItemPointerData)));
	}
	bool is_null;
	places->rows[places->count++] = *reinterpret_cast<ItemPointer>(slot_getattr(slot, 1, &is_null));
	return places->count < most_places();
}

void start_taking(DestReceiver *, int, TupleDesc) {}
void end_taking(DestReceiver *) {}

Places *new_places() {
	auto *places = static_cast<Places *>(palloc0(sizeof(Places)));
	places->receiver = {take_place, start_taking, end_taking, end_taking, DestNone};
	places->capacity = Min(kFirstCapacity, most_places());
	places->rows = static_cast<ItemPointerData *>(palloc(places->capacity * sizeof(ItemPointerData)));
	return places;
}

int compare_places(const void *left, const void *right) {
	return ItemPointerCompare(static_cast<ItemPointer>(const_cast<void *>(left)),
							  static_cast<ItemPointer>(const_cast<void *>(right)));
}

// What a query is given: the moment, the first and the last place, and all of them.
struct Arguments {
	Datum values[4];
	char nulls[4];
};

Arguments only_moment(const Removal &removal) {
	return {{TimestampTzGetDatum(removal.moment), 0, 0, 0}, {' ', 'n', 'n', 'n'}};
}

// What the owner's triggers leave behind would run as the caller: neither gets the other's rights so.
constexpr int kByOwner = SECURITY_NOFORCE_RLS | SECURITY_RESTRICTED_OPERATION;

// As ri_triggers.c runs its queries: by the owner of the table, past policies, which the condition stands
// for. What the rows' triggers do runs with policies on, and what they set does not last.
int64 run(const Removal &removal, Oid relation, const char *text, Arguments *arguments,
		  DestReceiver *receiver) {
	const Oid types[4] = {TIMESTAMPTZOID, TIDOID, TIDOID, TIDARRAYOID};
	Relation opened = table_open(relation, NoLock);
	const Oid role = removal.is_by_caller ? GetUserId() : opened->rd_rel->relowner;
	table_close(opened, NoLock);
	ParamListInfo parameters = makeParamList(4);
	for (int i = 0; i < 4; i++)
		parameters->params[i] = {arguments->values[i], arguments->nulls[i] == 'n', PARAM_FLAG_CONST,
								 types[i]};
	SPIExecuteOptions options = {};
	options.params = parameters;
	options.dest = receiver;
	int result = 0;
	const int level = NewGUCNestLevel();
	if (!removal.is_by_caller)
		isolation::use_owners_search_path();
	pg::as_role(role, removal.is_by_caller ? SECURITY_NOFORCE_RLS : kByOwner,
				[&] { context::with_all_tenants([&] { result = SPI_execute_extended(text, &options); }); });
	AtEOXact_GUC(false, level);
	if (result < 0)
		elog(ERROR, "SPI_execute_extended failed: %s", SPI_result_code_string(result));
	return static_cast<int64>(SPI_processed);
}

// At the end of the transaction they would run as the caller.
void run_deferred_triggers_at_once() { AfterTriggerSetState(makeNode(ConstraintsSetStmt)); }

const char *only_unreferenced(const Target &target) {
	return target.unreferenced == nullptr ? "" : psprintf(" AND %s", target.unreferenced);
}

// False if the table is gone, or nothing is to be removed from it any more.
bool may_touch(const Removal &removal, const Target &target) {
	CHECK_FOR_INTERRUPTS();
	LockRelationOid(target.relation, RowExclusiveLock);
	return get_rel_relkind(target.relation) != '\0' && removal.admit(target);
}

Places *find_rows(const Removal &removal, const Target &target, References references) {
	Places *places = new_places();
	Arguments arguments = only_moment(removal);
	(void)run(removal, target.relation,
			  psprintf("SELECT x.ctid FROM ONLY %s x WHERE %s%s", pg::qualified_name(target.relation),
					   target.condition, references == References::kSought ? only_unreferenced(target) : ""),
			  &arguments, &places->receiver);
	qsort(places->rows, places->count, sizeof(ItemPointerData), compare_places);
	return places;
}

// Whether another transaction that runs has locked or changed this version of a row.
bool is_used(HeapTupleHeader row) {
	if ((row->t_infomask & HEAP_XMAX_INVALID) != 0)
		return false;
	const TransactionId user = HeapTupleHeaderGetRawXmax(row);
	return (row->t_infomask & HEAP_XMAX_IS_MULTI) != 0
			   ? MultiXactIdIsRunning(user, HEAP_XMAX_IS_LOCKED_ONLY(row->t_infomask))
			   : TransactionIdIsInProgress(user);
}

// Leaves out rows that others use, as SKIP LOCKED does, but without a lock, which would be written to each
// row: who comes in between is waited for. Returns how many are left.
int keep_unused_rows(Oid relation, ItemPointerData *rows, int count) {
	Relation table = table_open(relation, NoLock);
	TupleTableSlot *slot = table_slot_create(table, nullptr);
	Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
	int kept = 0;
	for (int i = 0; i < count; i++) {
		ItemPointerData row = rows[i];
		if (!table_tuple_fetch_row_version(table, &row, snapshot, slot))
			continue;
		bool is_copy;
		HeapTuple tuple = ExecFetchSlotHeapTuple(slot, false, &is_copy);
		if (!is_used(tuple->t_data))
			rows[kept++] = rows[i];
		if (is_copy)
			heap_freetuple(tuple);
	}
	ExecDropSingleTupleTableSlot(slot);
	UnregisterSnapshot(snapshot);
	table_close(table, NoLock);
	return kept;
}

Datum array_of(ItemPointerData *rows, int count) {
	auto *items = static_cast<Datum *>(palloc(count * sizeof(Datum)));
	for (int i = 0; i < count; i++)
		items[i] = PointerGetDatum(&rows[i]);
	return PointerGetDatum(
		construct_array(items, count, TIDOID, sizeof(ItemPointerData), false, TYPALIGN_SHORT));
}

// Whether it costs less to read the blocks from the first row to the last than to go to each row.
bool lie_close(const ItemPointerData *rows, int count) {
	const double blocks = static_cast<double>(ItemPointerGetBlockNumber(&rows[count - 1])) -
						  ItemPointerGetBlockNumber(&rows[0]) + 1;
	return blocks * seq_page_cost < 2.0 * count * random_page_cost;
}

// The rows are sorted. The condition is asked again, in a form that no index takes: the places say where to
// look, and whoever stands there now goes only if it is to.
int64 delete_rows(const Removal &removal, const Target &target, References references, ItemPointerData *rows,
				  int count) {
	const int left = removal.leaves_used ? keep_unused_rows(target.relation, rows, count) : count;
	if (left == 0)
		return 0;
	Arguments arguments = only_moment(removal);
	arguments.values[1] = PointerGetDatum(&rows[0]);
	arguments.values[2] = PointerGetDatum(&rows[left - 1]);
	arguments.nulls[1] = arguments.nulls[2] = ' ';
	const bool by_range = left == count && lie_close(rows, left);
	if (!by_range) {
		arguments.values[3] = array_of(rows, left);
		arguments.nulls[3] = ' ';
	}
	run_deferred_triggers_at_once();
	return run(
		removal, target.relation,
		psprintf("DELETE FROM ONLY %s x WHERE %s AND (%s) IS TRUE%s", pg::qualified_name(target.relation),
				 by_range ? "x.ctid OPERATOR(pg_catalog.>=) $2 AND x.ctid OPERATOR(pg_catalog.<=) $3"
						  : "x.ctid OPERATOR(pg_catalog.=) ANY ($4)",
				 target.condition, references == References::kIgnored ? "" : only_unreferenced(target)),
		&arguments, nullptr);
}

void report_phase(Removal *removal, const Target &target, Phase phase) {
	removal->progress.phase = phase;
	removal->progress.relation = target.relation;
	report(removal->progress);
}

void finish_batch(Removal *removal, const Target &target, int64 deleted) {
	removal->progress.rows_deleted += deleted;
	if (removal->note != nullptr && deleted > 0)
		removal->note(target, deleted);
	pg::commit_sql();
	report(removal->progress);
}

// In memory that goes after each batch.
int64 delete_found(Removal *removal, const Target &target, References references, const Places &places) {
	MemoryContext memory =
		AllocSetContextCreate(CurrentMemoryContext, "pg_tenant batch", ALLOCSET_DEFAULT_SIZES);
	int64 deleted = 0;
	for (uint64 first = 0; first < places.count; first += removal->batch) {
		MemoryContext outer = MemoryContextSwitchTo(memory);
		if (!may_touch(*removal, target))
			break;
		const int count = static_cast<int>(Min(places.count - first, static_cast<uint64>(removal->batch)));
		const int64 now = delete_rows(*removal, target, references, places.rows + first, count);
		MemoryContextSwitchTo(outer);
		finish_batch(removal, target, now);
		deleted += now;
		MemoryContextReset(memory);
	}
	MemoryContextDelete(memory);
	return deleted;
}

} // namespace

Targets read_targets(const char *query) {
	pg::as_role(isolation::extension_owner(), 0, [&] {
		if (SPI_execute(query, false, 0) != SPI_OK_SELECT)
			elog(ERROR, "SPI_execute failed");
	});
	Targets targets = {static_cast<Target *>(palloc0((SPI_processed + 1) * sizeof(Target))), 0};
	for (uint64 i = 0; i < SPI_processed; i++) {
		HeapTuple row = SPI_tuptable->vals[i];
		TupleDesc columns = SPI_tuptable->tupdesc;
		const Oid relation = static_cast<Oid>(strtoul(SPI_getvalue(row, columns, 1), nullptr, 10));
		// A temporary table of another session can be read by that one alone.
		if (isOtherTempNamespace(get_rel_namespace(relation)))
			continue;
		Target &target = targets.items[targets.count++];
		target.relation = relation;
		target.table = static_cast<Oid>(strtoul(SPI_getvalue(row, columns, 2), nullptr, 10));
		target.place = strtol(SPI_getvalue(row, columns, 3), nullptr, 10);
		target.is_cyclic = SPI_getvalue(row, columns, 4)[0] == 't';
		target.unreferenced = SPI_getvalue(row, columns, 5);
		target.condition = SPI_getvalue(row, columns, 6);
	}
	SPI_freetuptable(SPI_tuptable);
	return targets;
}

Removed remove_rows(Removal *removal, const Target &target, References references) {
	Removed total = {0, 0};
	removal->progress.rows_found = removal->progress.rows_deleted = 0;
	for (;;) {
		report_phase(removal, target, Phase::kScanning);
		if (!may_touch(*removal, target))
			return total;
		Places *places = find_rows(*removal, target, references);
		const bool is_rest = places->count < most_places();
		total.found += static_cast<int64>(places->count);
		removal->progress.rows_found = total.found;
		report_phase(removal, target, Phase::kDeleting);
		const int64 deleted = delete_found(removal, target, references, *places);
		total.deleted += deleted;
		pfree(places->rows);
		pfree(places);
		if (is_rest || deleted == 0)
			return total;
	}
}

void remove_together(Removal *removal, const Target *targets, int count) {
	StringInfoData text;
	initStringInfo(&text);
	for (int i = 0; i < count; i++) {
		if (!may_touch(*removal, targets[i]))
			return;
		appendStringInfo(&text, "%s d%d AS (DELETE FROM ONLY %s x WHERE %s RETURNING 1)",
						 i == 0 ? "WITH" : ",", i, pg::qualified_name(targets[i].relation),
						 targets[i].condition);
	}
	appendStringInfoString(&text, " SELECT ");
	for (int i = 0; i < count; i++)
		appendStringInfo(&text, "%s(SELECT pg_catalog.count(*) FROM d%d)", i == 0 ? "" : ", ", i);
	report_phase(removal, targets[0], Phase::kDeleting);
	Arguments arguments = only_moment(*removal);
	run_deferred_triggers_at_once();
	(void)run(*removal, targets[0].relation, text.data, &arguments, nullptr);
	const SPITupleTable *counts = SPI_tuptable;
	for (int i = 0; i < count; i++) {
		const char *deleted = SPI_getvalue(counts->vals[0], counts->tupdesc, i + 1);
		if (removal->note != nullptr && deleted[0] != '0')
			removal->note(targets[i], strtoll(deleted, nullptr, 10));
	}
	pg::commit_sql();
}

int64 count_rows(Removal *removal, const Target &target) {
	report_phase(removal, target, Phase::kCounting);
	if (!may_touch(*removal, target))
		return 0;
	Arguments arguments = only_moment(*removal);
	(void)run(*removal, target.relation,
			  psprintf("SELECT pg_catalog.count(*) FROM ONLY %s x WHERE %s",
					   pg::qualified_name(target.relation), target.condition),
			  &arguments, nullptr);
	return strtoll(SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1), nullptr, 10);
}

} // namespace pg_tenant::deletion
