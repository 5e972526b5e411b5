#include "planning/order.hpp"

#include "isolation/confine.hpp"
#include "planning/occasion.hpp"
#include "planning/plan_tree.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "access/genam.h"
#include "access/relation.h"
#include "catalog/pg_am_d.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
}

namespace pg_tenant::planning {
namespace {

struct Pass {
	const PlannedStmt *plan;
	const core::TenantId *tenant;
};

// The filter of the relation that this node scans; NULL where it needs none.
Node *filter_of(const Scan *scan, const Pass &pass) {
	const RangeTblEntry *entry = rt_fetch(scan->scanrelid, pass.plan->rtable);
	if (entry->rtekind != RTE_RELATION || !isolation::is_confined(entry) ||
		!registry::is_protected(entry->relid))
		return nullptr;
	Node *filter = isolation::tenant_filter(entry->relid, static_cast<int>(scan->scanrelid));
	if (pass.tenant != nullptr)
		use_constant(filter, *pass.tenant);
	fix_opfuncids(filter);
	return filter;
}

List *with_first(List *conditions, Node *filter) { return lcons(filter, list_delete(conditions, filter)); }

// A B-tree and a hash index find exactly what they are asked for.
bool is_exact(Oid index) {
	Relation opened = index_open(index, NoLock);
	const Oid method = opened->rd_rel->relam;
	index_close(opened, NoLock);
	return method == BTREE_AM_OID || method == HASH_AM_OID;
}

void filter_index_scan(IndexScan *scan, Node *filter) {
	if (list_member(scan->indexqualorig, filter)) {
		scan->indexqualorig = with_first(scan->indexqualorig, filter);
		return;
	}
	if (!is_exact(scan->indexid))
		scan->indexqualorig = with_first(scan->indexqualorig, filter);
	scan->scan.plan.qual = with_first(scan->scan.plan.qual, filter);
}

// The index may hold rows of the tenant only: then the planner needed no filter.
bool holds_only(Oid index, Index relation, Node *filter) {
	Relation opened = index_open(index, NoLock);
	List *predicate = RelationGetIndexPredicate(opened);
	ChangeVarNodes(reinterpret_cast<Node *>(predicate), 1, static_cast<int>(relation), 0);
	index_close(opened, NoLock);
	return predicate != NIL && predicate_implied_by(list_make1(filter), predicate, false);
}

// The same filter over what the index holds, which is named by its place in the index; NULL if the tenant
// column is not in it.
Node *over_index(Node *filter, const List *index_columns) {
	auto *there = static_cast<Node *>(copyObjectImpl(filter));
	auto *side = static_cast<Node *>(linitial(castNode(OpExpr, there)->args));
	while (IsA(side, RelabelType))
		side = reinterpret_cast<Node *>(reinterpret_cast<RelabelType *>(side)->arg);
	auto *column = castNode(Var, side);
	ListCell *cell;
	foreach (cell, index_columns) {
		auto *held = lfirst_node(TargetEntry, cell);
		if (IsA(held->expr, Var) && reinterpret_cast<const Var *>(held->expr)->varattno == column->varattno) {
			column->varno = INDEX_VAR;
			column->varattno = held->resno;
			return there;
		}
	}
	return nullptr;
}

void filter_index_only_scan(IndexOnlyScan *scan, Node *filter) {
	Node *there = over_index(filter, scan->indextlist);
	if (there == nullptr) {
		if (holds_only(scan->indexid, scan->scan.scanrelid, filter))
			return;
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("cannot confine this statement to one tenant"),
						errhint("SET enable_indexonlyscan = off;")));
	}
	if (list_member(scan->recheckqual, there)) {
		scan->recheckqual = with_first(scan->recheckqual, there);
		return;
	}
	if (!is_exact(scan->indexid))
		scan->recheckqual = with_first(scan->recheckqual, there);
	scan->scan.plan.qual = with_first(scan->scan.plan.qual, there);
}

void filter_bitmap_scan(BitmapHeapScan *scan, Node *filter) {
	// An index that gives the tenant's rows and no others is asked again for the rows of a page only.
	const bool is_found = list_member(scan->bitmapqualorig, filter);
	scan->bitmapqualorig = with_first(scan->bitmapqualorig, filter);
	if (!is_found)
		scan->scan.plan.qual = with_first(scan->scan.plan.qual, filter);
}

void filter_scan(Plan *plan, const Pass &pass) {
	switch (nodeTag(plan)) {
	case T_SeqScan:
	case T_SampleScan:
	case T_TidScan:
	case T_TidRangeScan:
	case T_IndexScan:
	case T_IndexOnlyScan:
	case T_BitmapHeapScan:
		break;
	default:
		return;
	}
	Node *filter = filter_of(reinterpret_cast<Scan *>(plan), pass);
	if (filter == nullptr)
		return;
	if (IsA(plan, IndexScan))
		filter_index_scan(reinterpret_cast<IndexScan *>(plan), filter);
	else if (IsA(plan, IndexOnlyScan))
		filter_index_only_scan(reinterpret_cast<IndexOnlyScan *>(plan), filter);
	else if (IsA(plan, BitmapHeapScan))
		filter_bitmap_scan(reinterpret_cast<BitmapHeapScan *>(plan), filter);
	else
		plan->qual = with_first(plan->qual, filter);
}

void walk(Plan *plan, const Pass &pass) {
	check_stack_depth();
	filter_scan(plan, pass);
	for_each_child(plan, [&pass](Plan *child) { walk(child, pass); });
}

} // namespace

void order_scans(PlannedStmt *plan, const core::TenantId *tenant) {
	const Pass pass = {plan, tenant};
	for_each_root(plan, [&pass](Plan *root) { walk(root, pass); });
}

} // namespace pg_tenant::planning
