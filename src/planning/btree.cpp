// A condition that is neither leakproof nor trusted waits for the tenant's filter, so core makes no index
// condition of it: in an index, it might be asked of other tenants' rows. In a b-tree whose first column is
// the tenant's, with the filter as an index condition on that column, it is not:
// - The descent compares a search key with a page's column by column, and looks at the next one only where
//   the former ones are equal; the columns of a separator come of one row.
// - On a leaf page conditions are asked in the order of their columns, and the first that fails ends it. Only
//   a comparison of rows is asked before others on its first column, hence none may begin with the tenant's.
//   What newer versions know of a whole page, or of a skipped column, they conclude in the same order.
// - What is rechecked on a row (a lossy bitmap, a row that was changed meanwhile) is asked in that order too,
//   each arm of an OR by itself.
// So the paths are core's own, made once more as if no condition had to wait, of such indexes only. Those in
// which the filter is not a condition on the first column of every index scan are thrown away. A partial
// index whose predicate implies the filter leaves it out.
// Other policies than the tenant's filter must hold within a tenant as well: then nothing is added.
#include "planning/btree.hpp"

#include "isolation/confine.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "access/stratnum.h"
#include "catalog/pg_am_d.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "utils/lsyscache.h"
}

namespace pg_tenant::planning {
namespace {

// A child's rows pass the quals of the relation that it stands for.
const List *security_quals(const PlannerInfo *root, const RangeTblEntry *entry, Index index) {
	while (entry->securityQuals == NIL && root->append_rel_array != nullptr &&
		   root->append_rel_array[index] != nullptr) {
		index = root->append_rel_array[index]->parent_relid;
		entry = root->simple_rte_array[index];
	}
	return entry->securityQuals;
}

// By now a qual is a list of conditions, which is empty where it is always true.
bool has_one_policy(const List *quals) {
	int policies = 0;
	ListCell *cell;
	foreach (cell, quals)
		policies += lfirst(cell) == nullptr ? 0 : 1;
	return policies == 1;
}

// The tenant's filter is the first condition of the first policy, as `column = value`; the value is
// tenant.current_…(), or the tenant itself in a plan of one use.
const Node *filter_value(const List *quals) {
	auto *first = static_cast<const List *>(linitial(quals));
	auto *filter = first == NIL ? nullptr : static_cast<Node *>(linitial(first));
	if (filter == nullptr || !IsA(filter, OpExpr) ||
		list_length(reinterpret_cast<OpExpr *>(filter)->args) != 2)
		return nullptr;
	return static_cast<Node *>(lsecond(reinterpret_cast<OpExpr *>(filter)->args));
}

bool is_filter(const RestrictInfo *condition, AttrNumber column, const Node *value) {
	if (!IsA(condition->clause, OpExpr))
		return false;
	auto *comparison = reinterpret_cast<const OpExpr *>(condition->clause);
	auto *left = static_cast<Node *>(linitial(comparison->args));
	while (IsA(left, RelabelType))
		left = reinterpret_cast<Node *>(reinterpret_cast<RelabelType *>(left)->arg);
	return IsA(left, Var) && reinterpret_cast<Var *>(left)->varattno == column &&
		   list_length(comparison->args) == 2 && equal(lsecond(comparison->args), value);
}

const RestrictInfo *find_filter(const RelOptInfo *relation, AttrNumber column, const Node *value) {
	ListCell *cell;
	foreach (cell, relation->baserestrictinfo) {
		auto *condition = lfirst_node(RestrictInfo, cell);
		if (condition->security_level == relation->baserestrict_min_security &&
			is_filter(condition, column, value))
			return condition;
	}
	return nullptr;
}

bool must_wait(const RestrictInfo *condition, Index level) {
	return condition->security_level > level && !condition->leakproof;
}

bool any_must_wait(const List *conditions, Index level) {
	ListCell *cell;
	foreach (cell, conditions) {
		if (must_wait(lfirst_node(RestrictInfo, cell), level))
			return true;
	}
	return false;
}

List *led_by_tenant(const RelOptInfo *relation, const RestrictInfo *filter, AttrNumber column) {
	const Oid equality = reinterpret_cast<const OpExpr *>(filter->clause)->opno;
	List *indexes = NIL;
	ListCell *cell;
	foreach (cell, relation->indexlist) {
		auto *index = lfirst_node(IndexOptInfo, cell);
		if (index->relam == BTREE_AM_OID && index->indexkeys[0] == column &&
			get_op_opfamily_strategy(equality, index->opfamily[0]) == BTEqualStrategyNumber)
			indexes = lappend(indexes, index);
	}
	return indexes;
}

// Whether the index is searched for the filter's tenant alone, and for nothing else before that.
bool is_led_by(const IndexPath *path, const RestrictInfo *filter, Index level) {
	bool is_led = false;
	ListCell *cell;
	foreach (cell, path->indexclauses) {
		auto *clause = lfirst_node(IndexClause, cell);
		if (clause->rinfo == filter)
			is_led = clause->indexcol == 0 && !clause->lossy;
		else if (clause->indexcol == 0 && must_wait(clause->rinfo, level))
			return false;
	}
	return is_led;
}

bool all_led_by(const Path *path, const RestrictInfo *filter, Index level) {
	const List *parts = NIL;
	switch (nodeTag(path)) {
	case T_IndexPath:
		return is_led_by(reinterpret_cast<const IndexPath *>(path), filter, level);
	case T_BitmapHeapPath:
		return all_led_by(reinterpret_cast<const BitmapHeapPath *>(path)->bitmapqual, filter, level);
	case T_BitmapAndPath:
		parts = reinterpret_cast<const BitmapAndPath *>(path)->bitmapquals;
		break;
	case T_BitmapOrPath:
		parts = reinterpret_cast<const BitmapOrPath *>(path)->bitmapquals;
		break;
	default:
		return false;
	}
	ListCell *cell;
	foreach (cell, parts) {
		if (!all_led_by(static_cast<Path *>(lfirst(cell)), filter, level))
			return false;
	}
	return true;
}

template <typename Add>
void add_paths(RelOptInfo *relation, List *paths, const RestrictInfo *filter, Add add) {
	ListCell *cell;
	foreach (cell, paths) {
		auto *path = static_cast<Path *>(lfirst(cell));
		if (all_led_by(path, filter, relation->baserestrict_min_security))
			add(relation, path);
	}
}

// An error ends the planning, and with it all of this.
void find_paths(PlannerInfo *root, RelOptInfo *relation, List *indexes, const RestrictInfo *filter) {
	List *const all_indexes = relation->indexlist;
	List *const paths = relation->pathlist;
	List *const partial_paths = relation->partial_pathlist;
	const Index level = relation->baserestrict_min_security;
	relation->indexlist = indexes;
	relation->pathlist = NIL;
	relation->partial_pathlist = NIL;
	relation->baserestrict_min_security = PG_UINT32_MAX;
	create_index_paths(root, relation);
	List *const found = relation->pathlist;
	List *const found_partial = relation->partial_pathlist;
	relation->indexlist = all_indexes;
	relation->pathlist = paths;
	relation->partial_pathlist = partial_paths;
	relation->baserestrict_min_security = level;
	add_paths(relation, found, filter, add_path);
	add_paths(relation, found_partial, filter, add_partial_path);
}

} // namespace

void add_tenant_index_paths(PlannerInfo *root, RelOptInfo *relation, Index index, RangeTblEntry *entry) {
	const Index level = relation->baserestrict_min_security;
	if (entry->rtekind != RTE_RELATION || entry->inh || relation->indexlist == NIL ||
		!isolation::is_confined(entry) || IS_DUMMY_REL(relation) ||
		!(any_must_wait(relation->baserestrictinfo, level) || any_must_wait(relation->joininfo, level)))
		return;
	const List *quals = security_quals(root, entry, index);
	if (!has_one_policy(quals))
		return;
	const AttrNumber column = registry::protection_of(entry->relid).column;
	const RestrictInfo *filter = find_filter(relation, column, filter_value(quals));
	if (filter == nullptr)
		return;
	List *indexes = led_by_tenant(relation, filter, column);
	if (indexes != NIL)
		find_paths(root, relation, indexes, filter);
}

} // namespace pg_tenant::planning
