#include "planning/order.hpp"

#include "isolation/confine.hpp"
#include "isolation/filter.hpp"
#include "planning/occasion.hpp"
#include "planning/plan_tree.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "access/genam.h"
#include "access/table.h"
#include "catalog/pg_am_d.h"
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

// The filter that a scan must ask first.
struct Sought {
	registry::Protection protection;
	Oid table;
	int index; // of the relation that is scanned, in the plan's range table
	const core::TenantId *tenant;
};

Node *made_filter(const Sought &sought) {
	bool has_sub_select = false;
	Relation relation = table_open(sought.table, NoLock);
	Node *filter = isolation::tenant_filter(relation, sought.index, &has_sub_select);
	table_close(relation, NoLock);
	if (sought.tenant != nullptr)
		use_constant(filter, *sought.tenant);
	fix_opfuncids(filter);
	return filter;
}

// Puts the filter first if it is among the conditions, where the tenant column goes by this name.
bool put_first(List **conditions, const Sought &sought, int index, AttrNumber column) {
	ListCell *cell;
	foreach (cell, *conditions) {
		auto *condition = static_cast<Node *>(lfirst(cell));
		if (!isolation::is_tenant_filter(condition, sought.protection, index, column, sought.tenant))
			continue;
		if (foreach_current_index(cell) > 0)
			*conditions = lcons(condition, foreach_delete_current(*conditions, cell));
		return true;
	}
	return false;
}

bool put_first(List **conditions, const Sought &sought) {
	return put_first(conditions, sought, sought.index, sought.protection.column);
}

void require_first(List **conditions, const Sought &sought) {
	if (!put_first(conditions, sought))
		*conditions = lcons(made_filter(sought), *conditions);
}

// A B-tree and a hash index find exactly what they are asked for.
bool is_exact(Oid index) {
	Relation opened = index_open(index, NoLock);
	const Oid method = opened->rd_rel->relam;
	index_close(opened, NoLock);
	return method == BTREE_AM_OID || method == HASH_AM_OID;
}

void filter_index_scan(IndexScan *scan, const Sought &sought) {
	if (put_first(&scan->indexqualorig, sought))
		return;
	if (!is_exact(scan->indexid))
		require_first(&scan->indexqualorig, sought);
	require_first(&scan->scan.plan.qual, sought);
}

// The index may hold rows of the tenant only: then the planner needed no filter.
bool holds_only(Oid index, Index relation, Node *filter) {
	Relation opened = index_open(index, NoLock);
	List *predicate = RelationGetIndexPredicate(opened);
	ChangeVarNodes(reinterpret_cast<Node *>(predicate), 1, static_cast<int>(relation), 0);
	index_close(opened, NoLock);
	return predicate != NIL && predicate_implied_by(list_make1(filter), predicate, false);
}

// The tenant whose rows the index holds, by its predicate; NULL where that does not say.
Const *tenant_of_index(Oid index, const Sought &sought) {
	Relation opened = index_open(index, NoLock);
	const List *predicate = RelationGetIndexPredicate(opened);
	index_close(opened, NoLock);
	ListCell *cell;
	foreach (cell, predicate) {
		auto *condition = reinterpret_cast<const OpExpr *>(lfirst(cell));
		if (IsA(condition, OpExpr) && condition->opno == sought.protection.equality &&
			isolation::is_column(static_cast<Node *>(linitial(condition->args)), 1,
								 sought.protection.column) &&
			IsA(lsecond(condition->args), Const))
			return lsecond_node(Const, condition->args);
	}
	return nullptr;
}

// Its rows have no tenant column to ask: the tenant of them all is asked instead.
void filter_partial_index(IndexOnlyScan *scan, const Sought &sought) {
	Node *filter = made_filter(sought);
	if (holds_only(scan->indexid, scan->scan.scanrelid, filter))
		return;
	Const *tenant = tenant_of_index(scan->indexid, sought);
	if (tenant == nullptr)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("cannot confine this statement to one tenant"),
						errhint("SET enable_indexonlyscan = off;")));
	linitial(castNode(OpExpr, filter)->args) = tenant;
	scan->scan.plan.qual = lcons(filter, scan->scan.plan.qual);
}

// The place of the tenant column in the index; InvalidAttrNumber if it is not there.
AttrNumber place_in_index(const Sought &sought, const List *index_columns) {
	ListCell *cell;
	foreach (cell, index_columns) {
		auto *held = lfirst_node(TargetEntry, cell);
		if (isolation::is_column(reinterpret_cast<const Node *>(held->expr), sought.index,
								 sought.protection.column))
			return held->resno;
	}
	return InvalidAttrNumber;
}

// Over what the index holds, which is named by its place in the index.
Node *made_filter_over_index(const Sought &sought, AttrNumber place) {
	Node *filter = made_filter(sought);
	auto *column = const_cast<Node *>(
		isolation::without_relabel(static_cast<Node *>(linitial(castNode(OpExpr, filter)->args))));
	castNode(Var, column)->varno = INDEX_VAR;
	castNode(Var, column)->varattno = place;
	return filter;
}

void filter_index_only_scan(IndexOnlyScan *scan, const Sought &sought) {
	const AttrNumber place = place_in_index(sought, scan->indextlist);
	if (place == InvalidAttrNumber) {
		filter_partial_index(scan, sought);
		return;
	}
	if (put_first(&scan->recheckqual, sought, INDEX_VAR, place))
		return;
	if (!is_exact(scan->indexid))
		scan->recheckqual = lcons(made_filter_over_index(sought, place), scan->recheckqual);
	if (!put_first(&scan->scan.plan.qual, sought, INDEX_VAR, place))
		scan->scan.plan.qual = lcons(made_filter_over_index(sought, place), scan->scan.plan.qual);
}

void filter_bitmap_scan(BitmapHeapScan *scan, const Sought &sought) {
	// An index that gives the tenant's rows and no others is asked again for the rows of a page only.
	if (put_first(&scan->bitmapqualorig, sought))
		return;
	require_first(&scan->bitmapqualorig, sought);
	require_first(&scan->scan.plan.qual, sought);
}

void filter_scan(Plan *plan, const Sought &sought) {
	switch (nodeTag(plan)) {
	case T_IndexScan:
		filter_index_scan(reinterpret_cast<IndexScan *>(plan), sought);
		break;
	case T_IndexOnlyScan:
		filter_index_only_scan(reinterpret_cast<IndexOnlyScan *>(plan), sought);
		break;
	case T_BitmapHeapScan:
		filter_bitmap_scan(reinterpret_cast<BitmapHeapScan *>(plan), sought);
		break;
	default:
		require_first(&plan->qual, sought);
		break;
	}
}

void filter_node(Plan *plan, const Pass &pass) {
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
	const Index index = reinterpret_cast<const Scan *>(plan)->scanrelid;
	const RangeTblEntry *entry = rt_fetch(index, pass.plan->rtable);
	if (entry->rtekind != RTE_RELATION || !isolation::is_confined(entry))
		return;
	const registry::Protection protection = registry::protection_of(entry->relid);
	if (protection.column != InvalidAttrNumber)
		filter_scan(plan, {protection, entry->relid, static_cast<int>(index), pass.tenant});
}

void walk(Plan *plan, const Pass &pass) {
	check_stack_depth();
	filter_node(plan, pass);
	for_each_child(plan, [&pass](Plan *child) { walk(child, pass); });
}

} // namespace

void order_scans(PlannedStmt *plan, const core::TenantId *tenant) {
	const Pass pass = {plan, tenant};
	for_each_root(plan, [&pass](Plan *root) { walk(root, pass); });
}

} // namespace pg_tenant::planning
