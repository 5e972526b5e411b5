#include "isolation/foreign.hpp"

#include "pg/scoped.hpp"

extern "C" {
#include "foreign/fdwapi.h"
#include "nodes/makefuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/restrictinfo.h"
}

namespace pg_tenant::isolation {
namespace {

// What the planner calls in place of the wrapper's own.
struct Guard {
	FdwRoutine routine; // first: the planner knows no more
	FdwRoutine *original;
};

const FdwRoutine *original_of(const RelOptInfo *relation) {
	return reinterpret_cast<const Guard *>(relation->fdwroutine)->original;
}

// Those that core would evaluate on a row only after the filter, or before it without harm.
List *sort_out(const RelOptInfo *relation, List *conditions, List **kept_here) {
	List *sent = NIL;
	ListCell *cell;
	foreach (cell, conditions) {
		auto *condition = lfirst_node(RestrictInfo, cell);
		if (condition->security_level <= relation->baserestrict_min_security || condition->leakproof)
			sent = lappend(sent, condition);
		else
			*kept_here = lappend(*kept_here, condition);
	}
	return sent;
}

// With the columns that the conditions need among those that the wrapper is asked for.
template <typename Call> void with_columns_of(RelOptInfo *relation, const List *conditions, Call call) {
	List *asked = list_copy(relation->reltarget->exprs);
	ListCell *cell;
	foreach (cell, conditions) {
		Node *clause = reinterpret_cast<Node *>(lfirst_node(RestrictInfo, cell)->clause);
		List *columns = pull_var_clause(clause, PVC_RECURSE_AGGREGATES | PVC_RECURSE_WINDOWFUNCS |
													PVC_RECURSE_PLACEHOLDERS);
		ListCell *column;
		foreach (column, columns) {
			if (static_cast<Var *>(lfirst(column))->varno == static_cast<int>(relation->relid))
				asked = list_append_unique(asked, lfirst(column));
		}
	}
	pg::with_value(&relation->reltarget->exprs, asked, call);
}

void estimate_size(PlannerInfo *root, RelOptInfo *relation, Oid table) {
	List *kept_here = NIL;
	List *sent = sort_out(relation, relation->baserestrictinfo, &kept_here);
	with_columns_of(relation, kept_here, [&] {
		pg::with_value(&relation->baserestrictinfo, sent,
					   [&] { original_of(relation)->GetForeignRelSize(root, relation, table); });
	});
}

// An order computed by the server would be of every row, where the filter is evaluated here.
void find_paths(PlannerInfo *root, RelOptInfo *relation, Oid table) {
	original_of(relation)->GetForeignPaths(root, relation, table);
	List *unordered = NIL;
	ListCell *cell;
	foreach (cell, relation->pathlist) {
		if (static_cast<Path *>(lfirst(cell))->pathkeys == NIL)
			unordered = lappend(unordered, lfirst(cell));
	}
	relation->pathlist = unordered;
}

ForeignScan *make_plan(PlannerInfo *root, RelOptInfo *relation, Oid table, ForeignPath *path, List *targets,
					   List *conditions, Plan *outer_plan) {
	List *kept_here = NIL;
	List *sent = sort_out(relation, conditions, &kept_here);
	ForeignScan *plan = nullptr;
	with_columns_of(relation, kept_here, [&] {
		plan = original_of(relation)->GetForeignPlan(root, relation, table, path, targets, sent, outer_plan);
	});
	// After the filter, which is the wrapper's, or stands before them.
	plan->scan.plan.qual = list_concat(plan->scan.plan.qual, extract_actual_clauses(kept_here, false));
	return plan;
}

} // namespace

void keep_conditions_here(RelOptInfo *relation) {
	auto *guard = static_cast<Guard *>(palloc(sizeof(Guard)));
	guard->routine = *relation->fdwroutine;
	guard->original = relation->fdwroutine;
	guard->routine.GetForeignRelSize = estimate_size;
	guard->routine.GetForeignPaths = find_paths;
	guard->routine.GetForeignPlan = make_plan;
	guard->routine.GetForeignUpperPaths = nullptr;
	relation->fdwroutine = &guard->routine;
	// Joins are looked for among relations of one server.
	relation->serverid = InvalidOid;
}

} // namespace pg_tenant::isolation
