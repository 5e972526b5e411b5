// COPY FROM as one INSERT of the rows that the server's parser reads: the executor does all that belongs to a
// row, triggers, policies, partitions and constraints. One statement for the whole command, so statement
// triggers fire once and transition tables hold all rows; rows are read when the INSERT asks for one, so
// memory does not grow with them.
#include "isolation/copy.hpp"

#include "isolation/copy_rows.hpp"
#include "isolation/copy_target.hpp"
#include "pg/compat.hpp"
#include "pg/copy.hpp"
#include "pg/privileges.hpp"

extern "C" {
#include "executor/executor.h"
#include "nodes/makefuncs.h"
#include "parser/parse_relation.h"
#include "rewrite/rewriteHandler.h"
#include "rewrite/rowsecurity.h"
#include "tcop/dest.h"
#include "tcop/tcopprot.h"
#include "utils/lsyscache.h"
#include "utils/queryenvironment.h"
#include "utils/snapmgr.h"
}

namespace pg_tenant::isolation {
namespace {

constexpr int kTarget = 1; // of the range table

// An entry that stands for the rows while the INSERT is planned; returns its place.
int add_rows_entry(const CopyTarget &target) {
	auto *rows = static_cast<EphemeralNamedRelation>(palloc0(sizeof(EphemeralNamedRelationData)));
	rows->md.name = pstrdup("copied");
	rows->md.tupdesc = RelationGetDescr(target.table);
	rows->md.enrtype = ENR_NAMED_TUPLESTORE;
	target.state->p_queryEnv = create_queryEnv();
	register_ENR(target.state->p_queryEnv, rows);
	return addRangeTableEntryForENR(target.state, makeRangeVar(nullptr, rows->md.name, -1), true)->p_rtindex;
}

// Every stored column: the reader fills in the defaults of those that the command does not name.
List *inserted_columns(Relation table, int rows) {
	List *columns = NIL;
	TupleDesc descriptor = RelationGetDescr(table);
	for (int i = 0; i < descriptor->natts; i++) {
		const Form_pg_attribute column = TupleDescAttr(descriptor, i);
		if (column->attisdropped || column->attgenerated != '\0')
			continue;
		Var *value =
			makeVar(rows, column->attnum, column->atttypid, column->atttypmod, column->attcollation, 0);
		columns = lappend(columns, makeTargetEntry(reinterpret_cast<Expr *>(value), column->attnum,
												   pstrdup(NameStr(column->attname)), false));
	}
	return columns;
}

// What the rewriter does for the sub-queries of policies: locks, views, and policies of their own.
List *with_rewritten_sub_queries(List *checks) {
	Query *carrier = makeNode(Query);
	carrier->commandType = CMD_SELECT;
	carrier->querySource = QSRC_ORIGINAL;
	carrier->canSetTag = true;
	carrier->jointree = makeFromExpr(NIL, nullptr);
	carrier->hasSubLinks = true;
	carrier->withCheckOptions = checks;
	AcquireRewriteLocks(carrier, true, false);
	return linitial_node(Query, QueryRewrite(carrier))->withCheckOptions;
}

// The policies of a role that they bind. The planner hook adds the tenant's for the others.
void add_policies(Query *query) {
	List *quals = NIL;
	bool has_sub_queries = false;
	auto *entry = linitial_node(RangeTblEntry, query->rtable);
	get_row_security_policies(query, entry, kTarget, &quals, &query->withCheckOptions, &query->hasRowSecurity,
							  &has_sub_queries);
	if (!has_sub_queries)
		return;
	query->hasSubLinks = true;
	query->withCheckOptions = with_rewritten_sub_queries(query->withCheckOptions);
}

// Past the rewriter, since COPY FROM fires no rules: INSERT INTO table SELECT columns FROM the rows.
Query *insert_query(const CopyTarget &target, int rows) {
	Query *query = makeNode(Query);
	query->commandType = CMD_INSERT;
	query->querySource = QSRC_ORIGINAL;
	query->canSetTag = true;
	query->resultRelation = kTarget;
	query->override = OVERRIDING_SYSTEM_VALUE;
	RangeTblRef *from = makeNode(RangeTblRef);
	from->rtindex = rows;
	query->jointree = makeFromExpr(list_make1(from), nullptr);
	query->targetList = inserted_columns(target.table, rows);
	pg::take_range_table(query, target.state);
	add_policies(query);
	return query;
}

PlannedStmt *insert_plan(const CopyTarget &target, const char *text) {
	const int rows = add_rows_entry(target);
	PlannedStmt *plan = pg_plan_query(insert_query(target, rows), text, 0, nullptr);
	Plan *insert = plan->planTree;
	if (!IsA(insert, ModifyTable) || !IsA(outerPlan(insert), NamedTuplestoreScan))
		elog(ERROR, "unexpected plan for the rows of COPY");
	outerPlan(insert) = scan_of_copied_rows(outerPlan(insert), target.table, rows);
	return plan;
}

void require_no_freeze(CopyFromState source) {
	if (source->opts.freeze)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot COPY with FREEZE into protected table \"%s\"",
						RelationGetRelationName(source->rel)),
				 errdetail("Its rows are inserted one by one, for the sake of its triggers or policies."),
				 errhint("Leave out FREEZE.")));
}

void run_insert(QueryDesc *insert, CopyFromState source, List *condition) {
	RowScan *rows = find_row_scan(insert);
	read_from(rows, source, condition);
	ErrorContextCallback line = {error_context_stack, add_line_to_error, rows};
	error_context_stack = &line;
	pg::run_to_end(insert);
	error_context_stack = line.previous;
	pg::report_skipped_rows(source);
	ExecutorFinish(insert);
}

} // namespace

uint64 copy_by_insert(const CopyStmt *copy, Oid table, const char *text) {
	const CopyTarget target = open_target(copy, table, text);
	PlannedStmt *plan = insert_plan(target, text);
	// What came before in this transaction is seen by the triggers' queries.
	PushCopiedSnapshot(GetActiveSnapshot());
	UpdateActiveSnapshotCommandId();
	QueryDesc *insert =
		CreateQueryDesc(plan, text, GetActiveSnapshot(), InvalidSnapshot, None_Receiver, nullptr, nullptr, 0);
	ExecutorStart(insert, 0);
	CopyFromState source = open_source(copy, target, NIL);
	require_no_freeze(source);
	run_insert(insert, source, target.condition);
	const uint64 rows = insert->estate->es_processed;
	ExecutorEnd(insert);
	FreeQueryDesc(insert);
	PopActiveSnapshot();
	EndCopyFrom(source);
	close_target(target);
	return rows;
}

} // namespace pg_tenant::isolation
