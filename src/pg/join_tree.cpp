#include "pg/join_tree.hpp"

extern "C" {
#include "nodes/makefuncs.h"
#include "nodes/primnodes.h"
#include "optimizer/clauses.h"
}

namespace pg_tenant::pg {

bool is_place_of(const Node *node, int index) {
	return IsA(node, RangeTblRef) && reinterpret_cast<const RangeTblRef *>(node)->rtindex == index;
}

namespace {

void add_condition(Node **conditions, Node *condition) {
	*conditions = *conditions == nullptr ? condition : make_and_qual(condition, *conditions);
}

bool place(Node **where, int index, Node *condition) {
	Node *node = *where;
	if (is_place_of(node, index)) {
		*where = reinterpret_cast<Node *>(makeFromExpr(list_make1(node), condition));
		return true;
	}
	if (IsA(node, JoinExpr)) {
		auto *join = reinterpret_cast<JoinExpr *>(node);
		return place(&join->larg, index, condition) || place(&join->rarg, index, condition);
	}
	if (!IsA(node, FromExpr))
		return false;
	auto *from = reinterpret_cast<FromExpr *>(node);
	ListCell *cell;
	foreach (cell, from->fromlist) {
		auto *item = static_cast<Node *>(lfirst(cell));
		if (is_place_of(item, index)) {
			add_condition(&from->quals, condition);
			return true;
		}
		if (place(&item, index, condition)) {
			lfirst(cell) = item;
			return true;
		}
	}
	return false;
}

} // namespace

// What MERGE joins with its target, and the condition of that join, are no FROM and no WHERE: a source row
// that the condition refuses is inserted. The target itself is not in the join tree.
bool place_condition(Query *query, int index, Node *condition) {
	auto *tree = reinterpret_cast<Node *>(query->jointree);
	if (query->commandType != CMD_MERGE)
		return place(&tree, index, condition);
	ListCell *cell;
	foreach (cell, query->jointree->fromlist) {
		auto *item = static_cast<Node *>(lfirst(cell));
		// Its source itself must stay a table, from 17 on.
		if (!is_place_of(item, index) && place(&item, index, condition))
			return true;
	}
	return false;
}

} // namespace pg_tenant::pg
