#include "isolation/confine.hpp"

#include <cstring>

#include "isolation/filter.hpp"
#include "isolation/label.hpp"
#include "isolation/statistics.hpp"
#include "pg/compat.hpp"
#include "pg/privileges.hpp"
#include "pg/query.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "access/table.h"
#include "access/transam.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "catalog/pg_collation_d.h"
#include "catalog/pg_type_d.h"
#include "parser/parse_func.h"
#include "utils/builtins.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"
#include "rewrite/rowsecurity.h"
#include "utils/rls.h"
}

namespace pg_tenant::isolation {
namespace {

// A field that is empty in the entry of a relation, survives copying and flattening, and is shown nowhere.
char mark[] = "pg_tenant";

constexpr size_t kMarkLength = sizeof(mark) - 1;

void set_mark(RangeTblEntry *entry) { entry->ctename = mark; }

bool has_mark(const RangeTblEntry *entry) {
	return entry->rtekind == RTE_RELATION && entry->ctename != nullptr &&
		   strncmp(entry->ctename, mark, kMarkLength) == 0;
}

bool is_protected(const RangeTblEntry *entry) {
	return entry->rtekind == RTE_RELATION && registry::is_protected(entry->relid);
}

// At its place in this query.
Node *filter_in(Query *query, Relation relation, int index) {
	bool has_sub_select = false;
	Node *filter = tenant_filter(relation, index, &has_sub_select);
	query->hasSubLinks = query->hasSubLinks || has_sub_select;
	return filter;
}

void add_check(Query *query, Relation relation, WCOKind kind, Node *qual) {
	WithCheckOption *check = makeNode(WithCheckOption);
	check->kind = kind;
	check->relname = pstrdup(RelationGetRelationName(relation));
	check->polname = pstrdup(registry::kIsolationPolicy);
	check->qual = static_cast<Node *>(copyObjectImpl(qual));
	check->cascaded = false;
	// The rewriter's own come before those of views, so that rows are checked before a view's conditions see
	// them.
	if (!list_member(query->withCheckOptions, check))
		query->withCheckOptions = lcons(check, query->withCheckOptions);
}

// A test that is asked where the condition holds, and nowhere else, wherever the planner puts it.
Node *only_where(Node *condition, Node *test, bool otherwise) {
	CaseWhen *when = makeNode(CaseWhen);
	when->expr = static_cast<Expr *>(copyObjectImpl(condition));
	when->result = reinterpret_cast<Expr *>(test);
	when->location = -1;
	CaseExpr *result = makeNode(CaseExpr);
	result->casetype = BOOLOID;
	result->args = list_make1(when);
	result->defresult = reinterpret_cast<Expr *>(makeBoolConst(otherwise, false));
	result->location = -1;
	return reinterpret_cast<Node *>(result);
}

// The kinds that get_row_security_policies() adds for each command.
void add_checks(Query *query, Relation relation, Node *qual) {
	switch (query->commandType) {
	case CMD_INSERT:
		if (query->onConflict != nullptr && query->onConflict->action == ONCONFLICT_UPDATE) {
			add_check(query, relation, WCO_RLS_UPDATE_CHECK, qual);
			add_check(query, relation, WCO_RLS_CONFLICT_CHECK, qual);
			// 18.6 asks its WHERE before that check (15.20 after it: tests there do not miss this).
			if (query->onConflict->onConflictWhere != nullptr)
				query->onConflict->onConflictWhere =
					only_where(qual, query->onConflict->onConflictWhere, true);
		}
		add_check(query, relation, WCO_RLS_INSERT_CHECK, qual);
		break;
	case CMD_UPDATE:
		add_check(query, relation, WCO_RLS_UPDATE_CHECK, qual);
		break;
	case CMD_MERGE:
		add_check(query, relation, WCO_RLS_INSERT_CHECK, qual);
		add_check(query, relation, WCO_RLS_MERGE_DELETE_CHECK, qual);
		add_check(query, relation, WCO_RLS_UPDATE_CHECK, qual);
		add_check(query, relation, WCO_RLS_MERGE_UPDATE_CHECK, qual);
		break;
	default:
		break;
	}
}

// Whether the rewriter put it there: the first one.
bool is_filtered(const RangeTblEntry *entry, int index) {
	const registry::Protection protection = registry::protection_of(entry->relid);
	return entry->securityQuals != NIL &&
		   is_tenant_filter(static_cast<const Node *>(linitial(entry->securityQuals)), protection, index,
							protection.column, nullptr);
}

void confine_target(Query *query, Relation relation, int index, Node *filter) {
	if (!registry::needs_label(relation->rd_rel->relkind))
		add_checks(query, relation, filter);
	// The checks of policies are made before a row is written here, and never for a foreign table.
	if (query->commandType != CMD_DELETE && writes_foreign_table(relation))
		add_check(query, relation, WCO_VIEW_CHECK, own_row_check(relation, index));
}

void confine_entry(Query *query, RangeTblEntry *entry, int index) {
	const bool is_target = index == query->resultRelation;
	const bool needs_filter = !(is_target && query->commandType == CMD_INSERT) && !is_filtered(entry, index);
	if (needs_filter || is_target) {
		Relation relation = table_open(entry->relid, NoLock);
		Node *filter = filter_in(query, relation, index);
		if (needs_filter) {
			// First, also where the rewriter added it: another policy might tell of the rows that it is
			// shown.
			entry->securityQuals = lcons(filter, list_delete(entry->securityQuals, filter));
			query->hasRowSecurity = true;
		}
		if (is_target)
			confine_target(query, relation, index, filter);
		table_close(relation, NoLock);
	}
	set_mark(entry);
}

// The server's own functions are not SQL that could be put in their place.
bool calls_own_function(const RangeTblEntry *entry) {
	ListCell *cell;
	foreach (cell, entry->functions) {
		const Node *call = lfirst_node(RangeTblFunction, cell)->funcexpr;
		if (IsA(call, FuncExpr) && reinterpret_cast<const FuncExpr *>(call)->funcid >= FirstNormalObjectId)
			return true;
	}
	return false;
}

bool touches_protected(Node *node, void *context) {
	if (node == nullptr)
		return false;
	if (!IsA(node, Query))
		return pg::walk_expression(node, touches_protected, context);
	auto *query = reinterpret_cast<Query *>(node);
	ListCell *cell;
	foreach (cell, query->rtable) {
		auto *entry = static_cast<RangeTblEntry *>(lfirst(cell));
		if (is_protected(entry) || (entry->rtekind == RTE_FUNCTION && calls_own_function(entry)))
			return true;
	}
	return pg::walk_inner_queries(query, touches_protected, context);
}

bool confine_walker(Node *node, void *calls_function) {
	if (node == nullptr)
		return false;
	if (!IsA(node, Query))
		return pg::walk_expression(node, confine_walker, calls_function);
	auto *query = reinterpret_cast<Query *>(node);
	int index = 0;
	ListCell *cell;
	foreach (cell, query->rtable) {
		auto *entry = static_cast<RangeTblEntry *>(lfirst(cell));
		index++;
		if (entry->rtekind == RTE_FUNCTION && calls_own_function(entry))
			*static_cast<bool *>(calls_function) = true;
		if (is_protected(entry))
			confine_entry(query, entry, index);
		else if (entry->rtekind == RTE_RELATION && holds_statistics(entry->relid))
			hide_statistics(query, entry, index);
	}
	return pg::walk_inner_queries(query, confine_walker, calls_function);
}

// tenant.own_cascaded_row(qual, table)
Node *own_row_test(Relation relation, Node *qual) {
	const Oid types[2] = {BOOLOID, TEXTOID};
	List *name = list_make2(makeString(pstrdup(registry::kSchema)), makeString(pstrdup("own_cascaded_row")));
	const Oid function = LookupFuncName(name, 2, types, false);
	Const *table = makeConst(TEXTOID, -1, DEFAULT_COLLATION_OID, -1,
							 CStringGetTextDatum(RelationGetRelationName(relation)), false, false);
	return reinterpret_cast<Node *>(makeFuncExpr(function, BOOLOID, list_make2(qual, table), InvalidOid,
												 DEFAULT_COLLATION_OID, COERCE_EXPLICIT_CALL));
}

} // namespace

void confine_cascade(Query *query) {
	if (query->commandType != CMD_UPDATE && query->commandType != CMD_DELETE)
		return;
	const RangeTblEntry *target = rt_fetch(query->resultRelation, query->rtable);
	if (!registry::is_protected(target->relid))
		return;
	Relation relation = table_open(target->relid, NoLock);
	Node *qual = filter_in(query, relation, query->resultRelation);
	if (query->commandType == CMD_UPDATE)
		add_checks(query, relation, qual);
	Node *condition = query->jointree->quals;
	query->jointree->quals =
		make_and_qual(condition, only_where(condition, own_row_test(relation, qual), false));
	table_close(relation, NoLock);
}

bool confine_query(Query *query) {
	bool calls_function = false;
	(void)confine_walker(reinterpret_cast<Node *>(query), &calls_function);
	return calls_function;
}

bool may_touch_protected(Query *query) { return touches_protected(reinterpret_cast<Node *>(query), nullptr); }

bool is_confined(const RangeTblEntry *entry) { return has_mark(entry); }

void note_filter(RangeTblEntry *entry, char how, const char *why) {
	const size_t length = why == nullptr ? 0 : strlen(why);
	auto *note = static_cast<char *>(palloc0(kMarkLength + 1 + length + 1));
	memcpy(note, mark, kMarkLength);
	note[kMarkLength] = how;
	if (why != nullptr)
		memcpy(note + kMarkLength + 1, why, length);
	entry->ctename = note;
}

const char *filter_note(const RangeTblEntry *entry) { return entry->ctename + kMarkLength; }

bool confirm_plan(PlannedStmt *plan) {
	ListCell *cell;
	foreach (cell, plan->rtable) {
		auto *entry = static_cast<RangeTblEntry *>(lfirst(cell));
		if (!is_protected(entry) || has_mark(entry))
			continue;
		if (check_enable_rls(entry->relid, pg::check_as_user(plan, entry), true) != RLS_ENABLED)
			return false;
		set_mark(entry);
	}
	return true;
}

bool holds_confined(const PlannedStmt *plan) {
	ListCell *cell;
	foreach (cell, plan->rtable) {
		if (has_mark(static_cast<RangeTblEntry *>(lfirst(cell))))
			return true;
	}
	return false;
}

PlanKind kind_of_plan(const PlannedStmt *plan) {
	ListCell *cell;
	foreach (cell, plan->rtable) {
		auto *entry = static_cast<RangeTblEntry *>(lfirst(cell));
		if (!has_mark(entry) && is_protected(entry) &&
			check_enable_rls(entry->relid, pg::check_as_user(plan, entry), true) != RLS_ENABLED)
			return PlanKind::kUnconfined;
	}
	return PlanKind::kConfined;
}

} // namespace pg_tenant::isolation
