#include "planning/proof.hpp"

#include <cstring>

#include "isolation/confine.hpp"
#include "pg/compat.hpp"
#include "pg/query.hpp"
#include "planning/expressions.hpp"

extern "C" {
#include "access/htup_details.h"
#include "access/sysattr.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_language_d.h"
#include "catalog/pg_proc.h"
#include "miscadmin.h"
#include "parser/parsetree.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace pg_tenant::planning {

const Proof *present_proof = nullptr;

namespace {

// A query among those around it.
struct Level {
	Query *query;
	const Level *outer;
};

struct Search {
	Proof *proof;
	ParamListInfo parameters;
};

struct Place {
	Search *search;
	const Level *level;
};

const Level *outer_level(const Level *level, Index up) {
	for (; up > 0 && level != nullptr; up--)
		level = level->outer;
	if (level == nullptr)
		elog(ERROR, "a column of a query that is not there");
	return level;
}

CommonTableExpr *find_cte(const Level *level, const char *name) {
	ListCell *cell;
	foreach (cell, level->query->cteList) {
		auto *cte = lfirst_node(CommonTableExpr, cell);
		if (strcmp(cte->ctename, name) == 0)
			return cte;
	}
	return nullptr;
}

// Calls visit(expression, its level) for what stands at this place of a list; at each for a whole row.
template <typename Visit> void visit_items(List *items, AttrNumber number, const Level *level, Visit visit) {
	int position = 0;
	ListCell *cell;
	foreach (cell, items) {
		position++;
		if ((number == 0 || number == position) && lfirst(cell) != nullptr)
			visit(static_cast<Node *>(lfirst(cell)), level);
	}
}

template <typename Visit> void visit_output(const Level *level, AttrNumber number, Visit visit) {
	check_stack_depth();
	ListCell *cell;
	if (level->query->setOperations != nullptr) {
		foreach (cell, level->query->rtable) {
			auto *entry = lfirst_node(RangeTblEntry, cell);
			const Level arm = {entry->subquery, level};
			if (entry->rtekind == RTE_SUBQUERY)
				visit_output(&arm, number, visit);
		}
		return;
	}
	// From 17 on the planner asks for the statistics of what a WITH that writes returns.
	const bool is_select = level->query->commandType == CMD_SELECT;
	foreach (cell, is_select ? level->query->targetList : level->query->returningList) {
		auto *entry = lfirst_node(TargetEntry, cell);
		if (!entry->resjunk && (number == 0 || number == entry->resno))
			visit(reinterpret_cast<Node *>(entry->expr), level);
	}
}

bool is_sql_function(Oid function) {
	HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	if (!HeapTupleIsValid(tuple))
		return true;
	const Oid language = reinterpret_cast<const FormData_pg_proc *>(GETSTRUCT(tuple))->prolang;
	ReleaseSysCache(tuple);
	return language == SQLlanguageId;
}

// The body of an SQL function may be put in its place, over its arguments. What others return, they return of
// rows that have passed their filter.
List *inlinable_functions(const RangeTblEntry *entry) {
	List *functions = NIL;
	ListCell *cell;
	foreach (cell, entry->functions) {
		Node *call = lfirst_node(RangeTblFunction, cell)->funcexpr;
		if (!IsA(call, FuncExpr) || is_sql_function(reinterpret_cast<const FuncExpr *>(call)->funcid))
			functions = lappend(functions, call);
	}
	return functions;
}

// What a column stands for once the planner has flattened the query: calls visit(expression, its level).
template <typename Visit>
void visit_definitions(const Level *level, int index, AttrNumber number, Visit visit) {
	RangeTblEntry *entry = rt_fetch(index, level->query->rtable);
	switch (entry->rtekind) {
	case RTE_SUBQUERY: {
		const Level inner = {entry->subquery, level};
		visit_output(&inner, number, visit);
		break;
	}
	case RTE_JOIN:
		visit_items(entry->joinaliasvars, number, level, visit);
		break;
	case RTE_VALUES:
		visit(reinterpret_cast<Node *>(entry->values_lists), level);
		break;
	case RTE_FUNCTION:
		visit(reinterpret_cast<Node *>(inlinable_functions(entry)), level);
		break;
	case RTE_CTE: {
		const Level *owner = outer_level(level, entry->ctelevelsup);
		const CommonTableExpr *cte = find_cte(owner, entry->ctename);
		// Others are never flattened, nor asked for statistics.
		if (cte == nullptr || cte->cterecursive || entry->self_reference)
			break;
		const Level inner = {castNode(Query, cte->ctequery), owner};
		visit_output(&inner, number, visit);
		break;
	}
	case RTE_RELATION:
		visit_items(pg::computed_columns(entry->relid, index, number), 0, level, visit);
		break;
	default:
		visit_items(pg::grouped_expressions(entry), number, level, visit);
		break;
	}
}

// The columns that something touches which is not trusted.
struct Touch {
	Search *search;
	const Level *level;
	Index depth; // of queries inside the expression
	const char *culprit;
};

bool touch_columns(Node *node, void *context);

void touch(const Touch &by, const Level *level, int index, AttrNumber number) {
	const RangeTblEntry *entry = rt_fetch(index, level->query->rtable);
	ListCell *cell;
	foreach (cell, by.search->proof->relations) {
		auto *relation = static_cast<ConfinedRelation *>(lfirst(cell));
		if (relation->entry != entry)
			continue;
		if (relation->culprit == nullptr)
			relation->culprit = by.culprit;
		relation->untrusted_columns =
			bms_add_member(relation->untrusted_columns, number - FirstLowInvalidHeapAttributeNumber);
		return;
	}
	visit_definitions(level, index, number, [&](Node *expression, const Level *at) {
		check_stack_depth();
		Touch inner = {by.search, at, 0, by.culprit};
		(void)touch_columns(expression, &inner);
	});
}

bool touch_columns(Node *node, void *context) {
	auto *by = static_cast<Touch *>(context);
	if (node == nullptr)
		return false;
	if (IsA(node, Var)) {
		auto *column = reinterpret_cast<const Var *>(node);
		if (column->varlevelsup >= by->depth)
			touch(*by, outer_level(by->level, column->varlevelsup - by->depth), column->varno,
				  column->varattno);
		return false;
	}
	if (IsA(node, CurrentOfExpr))
		touch(*by, by->level, reinterpret_cast<const CurrentOfExpr *>(node)->cvarno, 0);
	if (IsA(node, Query)) {
		Touch inner = {by->search, by->level, by->depth + 1, by->culprit};
		return pg::walk_query(reinterpret_cast<Query *>(node), touch_columns, &inner);
	}
	return pg::walk_expression(node, touch_columns, context);
}

struct Distrust {
	ParamListInfo parameters;
	List **patterns;
	const char *culprit;
};

bool find_distrusted(Node *node, void *context) {
	auto *search = static_cast<Distrust *>(context);
	if (node == nullptr)
		return false;
	search->culprit = distrusted(node, search->parameters, search->patterns);
	return search->culprit != nullptr || pg::walk_expression(node, find_distrusted, context);
}

const char *first_distrusted(Node *node, ParamListInfo parameters, List **patterns) {
	Distrust search = {parameters, patterns, nullptr};
	(void)find_distrusted(node, &search);
	return search.culprit;
}

// min() and max() may be planned as the first row of an index, with a condition on what they are of.
bool is_of_extreme(const Aggref *aggregate) {
	HeapTuple tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(aggregate->aggfnoid));
	if (!HeapTupleIsValid(tuple))
		return true;
	const Oid order = reinterpret_cast<const FormData_pg_aggregate *>(GETSTRUCT(tuple))->aggsortop;
	ReleaseSysCache(tuple);
	return OidIsValid(order);
}

// What an outer value is compared with stands for the output of a sub-select, without naming it.
void look_at_comparison(Node *comparison, const Level *inner, Search *search) {
	const char *culprit = first_distrusted(comparison, search->parameters, &search->proof->patterns);
	if (culprit == nullptr)
		return;
	visit_output(inner, 0, [&](Node *expression, const Level *level) {
		Touch by = {search, level, 0, culprit};
		(void)touch_columns(expression, &by);
	});
}

// Looks at an expression that may be evaluated below the filter of any relation that it reads.
bool look_at(Node *node, void *context) {
	auto *place = static_cast<Place *>(context);
	if (node == nullptr)
		return false;
	Search *search = place->search;
	const char *culprit = distrusted(node, search->parameters, &search->proof->patterns);
	if (culprit == nullptr && hides_value(node))
		culprit = first_distrusted(node, search->parameters, &search->proof->patterns);
	if (culprit != nullptr) {
		Touch by = {search, place->level, 0, culprit};
		return touch_columns(node, &by);
	}
	const auto look_there = [search](Node *expression, const Level *level) {
		check_stack_depth();
		Place there = {search, level};
		(void)look_at(expression, &there);
	};
	switch (nodeTag(node)) {
	case T_Var: {
		auto *column = reinterpret_cast<const Var *>(node);
		visit_definitions(outer_level(place->level, column->varlevelsup), column->varno, column->varattno,
						  look_there);
		return false;
	}
	case T_Aggref: {
		// Its arguments are evaluated above the filter.
		auto *aggregate = reinterpret_cast<Aggref *>(node);
		return is_of_extreme(aggregate) && look_at(reinterpret_cast<Node *>(aggregate->args), context);
	}
	case T_WindowFunc:
	case T_GroupingFunc:
		return false;
	case T_TargetEntry:
		return look_at(reinterpret_cast<Node *>(reinterpret_cast<TargetEntry *>(node)->expr), context);
	case T_SubLink: {
		// A sub-select that is joined in its place makes conditions of its output; its own conditions are
		// looked at with the others.
		auto *link = reinterpret_cast<SubLink *>(node);
		const Level inner = {castNode(Query, link->subselect), place->level};
		visit_output(&inner, 0, look_there);
		look_at_comparison(link->testexpr, &inner, search);
		return look_at(link->testexpr, context);
	}
	default:
		return pg::walk_expression(node, look_at, context);
	}
}

bool look_at_extremes(Node *node, void *place) {
	if (node == nullptr || IsA(node, Query))
		return false;
	if (IsA(node, Aggref))
		return look_at(node, place);
	return pg::walk_expression(node, look_at_extremes, place);
}

bool is_always_true(const Node *policy) {
	if (!IsA(policy, Const))
		return false;
	auto *constant = reinterpret_cast<const Const *>(policy);
	return !constant->constisnull && DatumGetBool(constant->constvalue);
}

// Even a policy that is always true would be a barrier.
void drop_true_policies(RangeTblEntry *entry) {
	ListCell *cell;
	foreach (cell, entry->securityQuals) {
		if (is_always_true(static_cast<Node *>(lfirst(cell))))
			entry->securityQuals = foreach_delete_current(entry->securityQuals, cell);
	}
}

void add_relations(Search *search, Query *query) {
	int index = 0;
	ListCell *cell;
	foreach (cell, query->rtable) {
		auto *entry = lfirst_node(RangeTblEntry, cell);
		index++;
		if (entry->rtekind != RTE_RELATION || entry->relkind == RELKIND_FOREIGN_TABLE ||
			entry->securityQuals == NIL || !isolation::is_confined(entry))
			continue;
		drop_true_policies(entry);
		auto *relation = static_cast<ConfinedRelation *>(palloc0(sizeof(ConfinedRelation)));
		relation->query = query;
		relation->entry = entry;
		relation->index = index;
		search->proof->relations = lappend(search->proof->relations, relation);
	}
}

// All relations must be known before the first expression is looked at: columns lead into other levels.
bool add_all_relations(Node *node, void *search) {
	if (node == nullptr)
		return false;
	if (!IsA(node, Query))
		return pg::walk_expression(node, add_all_relations, search);
	add_relations(static_cast<Search *>(search), reinterpret_cast<Query *>(node));
	return pg::walk_inner_queries(reinterpret_cast<Query *>(node), add_all_relations, search);
}

void look_at_entry(RangeTblEntry *entry, Place *place) {
	(void)look_at(reinterpret_cast<Node *>(inlinable_functions(entry)), place);
	(void)look_at(reinterpret_cast<Node *>(entry->values_lists), place);
	(void)look_at(reinterpret_cast<Node *>(entry->tablefunc), place);
	(void)look_at(reinterpret_cast<Node *>(entry->tablesample), place);
	// The first one is ours.
	if (list_length(entry->securityQuals) > 1)
		(void)look_at(reinterpret_cast<Node *>(entry->securityQuals), place);
}

bool look_at_queries(Node *node, void *context) {
	auto *outer = static_cast<Place *>(context);
	if (node == nullptr)
		return false;
	if (!IsA(node, Query))
		return pg::walk_expression(node, look_at_queries, context);
	auto *query = reinterpret_cast<Query *>(node);
	const Level level = {query, outer->level};
	Place place = {outer->search, &level};
	(void)look_at(reinterpret_cast<Node *>(query->jointree), &place);
	(void)look_at(query->havingQual, &place);
	if (query->hasAggs && query->groupClause == NIL)
		(void)look_at_extremes(reinterpret_cast<Node *>(query->targetList), &place);
	(void)look_at(pg::merge_condition(query), &place);
	ListCell *cell;
	foreach (cell, query->rtable)
		look_at_entry(lfirst_node(RangeTblEntry, cell), &place);
	return pg::walk_inner_queries(query, look_at_queries, &place);
}

// What meets the rows of one may then meet those of the other.
void share_culprits(const Proof &proof) {
	ListCell *cell;
	foreach (cell, proof.relations) {
		const auto *one = static_cast<const ConfinedRelation *>(lfirst(cell));
		ListCell *next;
		foreach (next, proof.relations) {
			auto *other = static_cast<ConfinedRelation *>(lfirst(next));
			if (one->entry->relid == other->entry->relid && other->culprit == nullptr)
				other->culprit = one->culprit;
		}
	}
}

bool find_parameter(Node *node, void *context) {
	if (node == nullptr)
		return false;
	if (IsA(node, Query))
		return pg::walk_query(reinterpret_cast<Query *>(node), find_parameter, context);
	if (IsA(node, Param) && reinterpret_cast<const Param *>(node)->paramkind == PARAM_EXTERN)
		return true;
	return pg::walk_expression(node, find_parameter, context);
}

} // namespace

Proof prove(Query *query, ParamListInfo parameters) {
	Proof proof = {false, NIL, NIL};
	Search search = {&proof, parameters};
	(void)add_all_relations(reinterpret_cast<Node *>(query), &search);
	Place outside = {&search, nullptr};
	if (proof.relations != NIL)
		(void)look_at_queries(reinterpret_cast<Node *>(query), &outside);
	if (pg::kJoinsWithItselfVanish)
		share_culprits(proof);
	return proof;
}

bool has_parameters(Query *query) { return find_parameter(reinterpret_cast<Node *>(query), nullptr); }

bool is_trusted_expression(Node *expression, ParamListInfo parameters, List **patterns) {
	return first_distrusted(expression, parameters, patterns) == nullptr;
}

} // namespace pg_tenant::planning
