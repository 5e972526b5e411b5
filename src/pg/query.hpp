// What stands in a query, where majors differ.
#pragma once

#include "pg/compat.hpp"

extern "C" {
#include "access/table.h"
#include "rewrite/rewriteHandler.h"
#include "rewrite/rewriteManip.h"
#include "utils/rel.h"
}

namespace pg_tenant::pg {

// The condition that joins the target of MERGE with its source: before 17 the one of the join tree.
inline Node *merge_condition(const Query *query) {
#if PG_VERSION_NUM >= 170000
	return query->mergeJoinCondition;
#else
	(void)query;
	return nullptr;
#endif
}

// The expressions that an entry of the range table stands for in HAVING and the target list: from 18 on what
// is grouped by has an entry of its own.
inline List *grouped_expressions(const RangeTblEntry *entry) {
#if PG_VERSION_NUM >= 180000
	return entry->rtekind == RTE_GROUP ? entry->groupexprs : NIL;
#else
	(void)entry;
	return NIL;
#endif
}

// Generated columns may be computed when they are read from 18 on. What stands for the column (0 for all of
// them) of the relation at this place of a range table; NIL for one that is stored. The relation must be
// locked.
inline List *computed_columns(Oid relation, int index, AttrNumber column) {
	List *expressions = NIL;
#if PG_VERSION_NUM >= 180000
	Relation opened = table_open(relation, NoLock);
	const TupleDesc descriptor = RelationGetDescr(opened);
	if (descriptor->constr != nullptr && descriptor->constr->has_generated_virtual) {
		for (int number = 1; number <= descriptor->natts; number++) {
			if ((column == 0 || column == number) &&
				TupleDescAttr(descriptor, number - 1)->attgenerated == ATTRIBUTE_GENERATED_VIRTUAL)
				expressions = lappend(expressions, build_generation_expression(opened, number));
		}
	}
	table_close(opened, NoLock);
	ChangeVarNodes(reinterpret_cast<Node *>(expressions), 1, index, 0);
#else
	(void)relation;
	(void)index;
	(void)column;
#endif
	return expressions;
}

// From 18 on a join of a table with itself may be planned as one scan, which meets the conditions on both.
inline constexpr bool kJoinsWithItselfVanish = PG_VERSION_NUM >= 180000;

// walk_expression() of what the parser gives, before names are looked up.
inline bool walk_raw_expression(Node *node, Walker walker, void *context) {
#if PG_VERSION_NUM >= 160000
	return raw_expression_tree_walker(node, walker, context);
#else
	return raw_expression_tree_walker(node, reinterpret_cast<bool (*)()>(reinterpret_cast<void *>(walker)),
									  context);
#endif
}

// Calls walker(query, context) for each query right inside this one. Its expressions are walked, for their
// sub-selects, only where the server knows that there are any: it would not plan others either.
inline bool walk_inner_queries(Query *query, Walker walker, void *context) {
	if (query->hasSubLinks)
		return walk_query(query, walker, context);
	ListCell *cell;
	foreach (cell, query->rtable) {
		auto *entry = lfirst_node(RangeTblEntry, cell);
		if (entry->rtekind == RTE_SUBQUERY && walker(reinterpret_cast<Node *>(entry->subquery), context))
			return true;
	}
	foreach (cell, query->cteList) {
		if (walker(lfirst_node(CommonTableExpr, cell)->ctequery, context))
			return true;
	}
	return false;
}

} // namespace pg_tenant::pg
