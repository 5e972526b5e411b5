#include "isolation/copy_rows.hpp"

#include "pg/copy.hpp"

extern "C" {
#include "commands/progress.h"
#include "executor/executor.h"
#include "nodes/extensible.h"
#include "nodes/makefuncs.h"
#include "pgstat.h"
}

namespace pg_tenant::isolation {

struct RowScan {
	CustomScanState node;
	CopyFromState source;
	ExprState *condition;
	int64 excluded;
	// Before the first row and after the last no line is to blame: statement triggers run then.
	bool has_line;
};
static_assert(offsetof(RowScan, node) == 0);

namespace {

// Reads into the slot's own arrays, in memory that lasts until the next row.
bool read_row(RowScan *scan, ExprContext *context, TupleTableSlot *slot) {
	MemoryContext outer = MemoryContextSwitchTo(context->ecxt_per_tuple_memory);
	const bool is_row = NextCopyFrom(scan->source, context, slot->tts_values, slot->tts_isnull);
	MemoryContextSwitchTo(outer);
	return is_row;
}

bool is_wanted(RowScan *scan, ExprContext *context, TupleTableSlot *slot) {
	context->ecxt_scantuple = slot;
	if (ExecQual(scan->condition, context))
		return true;
	pgstat_progress_update_param(PROGRESS_COPY_TUPLES_EXCLUDED, ++scan->excluded);
	return false;
}

TupleTableSlot *next_row(ScanState *node) {
	auto *scan = reinterpret_cast<RowScan *>(node);
	ExprContext *context = node->ps.ps_ExprContext;
	TupleTableSlot *slot = node->ss_ScanTupleSlot;
	pgstat_progress_update_param(PROGRESS_COPY_TUPLES_PROCESSED,
								 static_cast<int64>(node->ps.state->es_processed));
	scan->has_line = true;
	for (;;) {
		CHECK_FOR_INTERRUPTS();
		ResetExprContext(context);
		ExecClearTuple(slot);
		if (!read_row(scan, context, slot)) {
			scan->has_line = false;
			return slot;
		}
		if (pg::was_row_skipped(scan->source))
			continue;
		ExecStoreVirtualTuple(slot);
		// The condition may name it.
		slot->tts_tableOid = RelationGetRelid(scan->source->rel);
		if (is_wanted(scan, context, slot))
			return slot;
	}
}

// A row is not read twice: nothing locks it.
bool is_still_wanted(ScanState *, TupleTableSlot *) { return true; }

TupleTableSlot *execute(CustomScanState *node) { return ExecScan(&node->ss, next_row, is_still_wanted); }

void begin(CustomScanState *, EState *, int) {}

void end(CustomScanState *) {}

void rescan(CustomScanState *) { elog(ERROR, "the rows of COPY are read once"); }

constexpr char kName[] = "COPY rows";

const CustomExecMethods *execution_methods() {
	static CustomExecMethods methods = [] {
		CustomExecMethods made = {};
		made.CustomName = kName;
		made.BeginCustomScan = begin;
		made.ExecCustomScan = execute;
		made.EndCustomScan = end;
		made.ReScanCustomScan = rescan;
		return made;
	}();
	return &methods;
}

Node *create_scan(CustomScan *) {
	auto *scan = static_cast<RowScan *>(palloc0(sizeof(RowScan)));
	scan->node.ss.ps.type = T_CustomScanState;
	scan->node.methods = execution_methods();
	return reinterpret_cast<Node *>(scan);
}

constexpr CustomScanMethods kScanMethods = {kName, create_scan};

// Every column, in the table's order: the row is read straight into the slot.
List *row_type(Relation table, int index) {
	List *columns = NIL;
	TupleDesc descriptor = RelationGetDescr(table);
	for (int i = 0; i < descriptor->natts; i++) {
		const Form_pg_attribute column = TupleDescAttr(descriptor, i);
		Expr *value = column->attisdropped
						  ? reinterpret_cast<Expr *>(makeNullConst(INT4OID, -1, InvalidOid))
						  : reinterpret_cast<Expr *>(makeVar(index, column->attnum, column->atttypid,
															 column->atttypmod, column->attcollation, 0));
		columns = lappend(columns, makeTargetEntry(value, column->attnum, nullptr, false));
	}
	return columns;
}

} // namespace

Plan *scan_of_copied_rows(const Plan *planned, Relation table, int index) {
	CustomScan *scan = makeNode(CustomScan);
	scan->scan.plan = *planned;
	scan->scan.plan.type = T_CustomScan;
	scan->custom_scan_tlist = row_type(table, index);
	scan->methods = &kScanMethods;
	// The planned list reads columns of the scan; the rest are nulls for what is dropped or generated.
	ListCell *cell;
	foreach (cell, scan->scan.plan.targetlist) {
		Expr *value = lfirst_node(TargetEntry, cell)->expr;
		if (IsA(value, Var))
			reinterpret_cast<Var *>(value)->varno = INDEX_VAR;
	}
	return &scan->scan.plan;
}

RowScan *find_row_scan(const QueryDesc *insert) {
	return reinterpret_cast<RowScan *>(castNode(CustomScanState, outerPlanState(insert->planstate)));
}

void read_from(RowScan *scan, CopyFromState source, List *condition) {
	PlanState *node = &scan->node.ss.ps;
	MemoryContext outer = MemoryContextSwitchTo(node->state->es_query_cxt);
	scan->condition = ExecInitQual(condition, node);
	MemoryContextSwitchTo(outer);
	scan->source = source;
}

void add_line_to_error(void *argument) {
	auto *scan = static_cast<RowScan *>(argument);
	if (scan->has_line)
		CopyFromErrorCallback(scan->source);
}

} // namespace pg_tenant::isolation
