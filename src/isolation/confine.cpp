#include "isolation/confine.hpp"

#include <cstring>

#include "isolation/filter.hpp"
#include "isolation/label.hpp"
#include "isolation/statistics.hpp"
#include "pg/compat.hpp"
#include "pg/error.hpp"
#include "pg/privileges.hpp"
#include "pg/range_table.hpp"
#include "pg/spi.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "access/table.h"
#include "access/transam.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pathnodes.h"
#include "catalog/pg_collation_d.h"
#include "catalog/pg_type_d.h"
#include "parser/parse_func.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
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

// A protected relation at its place in a query.
struct Place {
	Query *query;
	Relation relation; // open
	int index;
	Node *filter; // made when it is needed
};

Node *filter_of(Place *place) {
	if (place->filter == nullptr) {
		bool has_sub_select = false;
		place->filter = tenant_filter(place->relation, place->index, &has_sub_select);
		place->query->hasSubLinks = place->query->hasSubLinks || has_sub_select;
	}
	return place->filter;
}

bool is_filter_there(const Place &place, const Node *condition) {
	const registry::Protection protection = registry::protection_of(RelationGetRelid(place.relation));
	return is_tenant_filter(condition, protection, place.index, protection.column, nullptr);
}

// Whether the rewriter added it.
bool has_check(const Place &place, WCOKind kind) {
	ListCell *cell;
	foreach (cell, place.query->withCheckOptions) {
		auto *check = lfirst_node(WithCheckOption, cell);
		if (check->kind == kind && check->polname != nullptr &&
			strcmp(check->polname, registry::kIsolationPolicy) == 0 && is_filter_there(place, check->qual))
			return true;
	}
	return false;
}

void add_check(const Place &place, WCOKind kind, const Node *condition) {
	WithCheckOption *check = makeNode(WithCheckOption);
	check->kind = kind;
	check->relname = pstrdup(RelationGetRelationName(place.relation));
	check->polname = pstrdup(registry::kIsolationPolicy);
	check->qual = static_cast<Node *>(copyObjectImpl(condition));
	check->cascaded = false;
	// The rewriter's own come before those of views, so that rows are checked before a view's conditions see
	// them.
	place.query->withCheckOptions = lcons(check, place.query->withCheckOptions);
}

void require_check(Place *place, WCOKind kind) {
	if (!has_check(*place, kind))
		add_check(*place, kind, filter_of(place));
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
void require_checks(Place *place) {
	OnConflictExpr *conflict = place->query->onConflict;
	switch (place->query->commandType) {
	case CMD_INSERT:
		if (conflict != nullptr && conflict->action == ONCONFLICT_UPDATE) {
			require_check(place, WCO_RLS_UPDATE_CHECK);
			require_check(place, WCO_RLS_CONFLICT_CHECK);
			// 18.6 asks its WHERE before that check (15.20 after it: tests there do not miss this).
			if (conflict->onConflictWhere != nullptr)
				conflict->onConflictWhere = only_where(filter_of(place), conflict->onConflictWhere, true);
		}
		require_check(place, WCO_RLS_INSERT_CHECK);
		break;
	case CMD_UPDATE:
		require_check(place, WCO_RLS_UPDATE_CHECK);
		break;
	case CMD_MERGE:
		require_check(place, WCO_RLS_INSERT_CHECK);
		require_check(place, WCO_RLS_MERGE_DELETE_CHECK);
		require_check(place, WCO_RLS_UPDATE_CHECK);
		require_check(place, WCO_RLS_MERGE_UPDATE_CHECK);
		break;
	default:
		break;
	}
}

void confine_target(Place *place) {
	if (!registry::needs_label(place->relation->rd_rel->relkind))
		require_checks(place);
	// The checks of policies are made before a row is written here, and never for a foreign table.
	if (place->query->commandType != CMD_DELETE && writes_foreign_table(place->relation))
		add_check(*place, WCO_VIEW_CHECK, own_row_check(place->relation, place->index));
}

void confine_entry(Query *query, RangeTblEntry *entry, int index) {
	Place place = {query, table_open(entry->relid, NoLock), index, nullptr};
	const bool is_target = index == query->resultRelation;
	const bool is_only_written = is_target && query->commandType == CMD_INSERT;
	// First, also where the rewriter added it: another policy might tell of the rows that it is shown.
	if (!is_only_written &&
		(entry->securityQuals == NIL ||
		 !is_filter_there(place, static_cast<const Node *>(linitial(entry->securityQuals))))) {
		Node *filter = filter_of(&place);
		entry->securityQuals = lcons(filter, list_delete(entry->securityQuals, filter));
		query->hasRowSecurity = true;
	}
	if (is_target)
		confine_target(&place);
	table_close(place.relation, NoLock);
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

// What becomes of a query, and what was found in it.
struct Visit {
	bool confines;
	Sight sight;
	bool calls_function;
};

void visit_entry(Query *query, RangeTblEntry *entry, int index, Sight sight, Visit *visit) {
	if (entry->rtekind == RTE_FUNCTION && calls_own_function(entry))
		visit->calls_function = true;
	if (entry->rtekind != RTE_RELATION)
		return;
	if (visit->confines && registry::is_protected(entry->relid))
		confine_entry(query, entry, index);
	else if (visit->confines && holds_statistics(entry->relid))
		hide_statistics(query, entry, index);
	if (registry::is_soft_deleted(entry->relid))
		hide_deleted(query, entry, index, sight);
}

bool visit_queries(Node *node, void *context) {
	if (node == nullptr)
		return false;
	if (!IsA(node, Query))
		return pg::walk_expression(node, visit_queries, context);
	auto *query = reinterpret_cast<Query *>(node);
	auto *visit = static_cast<Visit *>(context);
	const bool touches_live_only = mark_for_delete(query);
	int index = 0;
	ListCell *cell;
	foreach (cell, query->rtable) {
		index++;
		const bool is_marked = touches_live_only && index == query->resultRelation;
		auto *entry = lfirst_node(RangeTblEntry, cell);
		visit_entry(query, entry, index, is_marked ? Sight::kLive : visit->sight, visit);
		// Who sees deleted rows alone sees none that can be deleted.
		if (is_marked && visit->sight == Sight::kDead)
			hide_deleted(query, entry, index, Sight::kDead);
	}
	return pg::walk_inner_queries(query, visit_queries, context);
}

bool visit_query(Query *query, bool confines, Sight sight) {
	Visit visit = {confines, sight, false};
	(void)visit_queries(reinterpret_cast<Node *>(query), &visit);
	return visit.calls_function;
}

// The server reads a part through its table, whatever the part's own policies say.
void require_no_open_parent(const PlannedStmt *plan) {
	ListCell *cell;
	foreach (cell, plan->appendRelations) {
		auto *part = lfirst_node(AppendRelInfo, cell);
		const RangeTblEntry *entry = rt_fetch(part->child_relid, plan->rtable);
		if (!OidIsValid(part->parent_reloid) || registry::is_protected(part->parent_reloid) ||
			!is_protected(entry) || has_mark(entry))
			continue;
		const char *column = get_attname(entry->relid, registry::protection_of(entry->relid).column, false);
		ereport(ERROR, (errcode(ERRCODE_TENANT_BOUNDARY),
						errmsg("\"%s\" is not protected, but its part \"%s\" is",
							   get_rel_name(part->parent_reloid), get_rel_name(entry->relid)),
						errdetail("Through it every tenant's rows would be seen."),
						errhint("SELECT tenant.protect(%s, %s);",
								quote_literal_cstr(pg::qualified_name(part->parent_reloid)),
								quote_literal_cstr(column))));
	}
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
	Place place = {query, table_open(target->relid, NoLock), query->resultRelation, nullptr};
	if (query->commandType == CMD_UPDATE)
		require_checks(&place);
	Node *condition = query->jointree->quals;
	query->jointree->quals = make_and_qual(
		condition, only_where(condition, own_row_test(place.relation, filter_of(&place)), false));
	table_close(place.relation, NoLock);
}

bool confine_query(Query *query, Sight sight) { return visit_query(query, true, sight); }

bool hide_deleted_rows(Query *query, Sight sight) { return visit_query(query, false, sight); }

bool may_touch_protected(Query *query) {
	return pg::names_entry(query, [](const RangeTblEntry *entry) {
		return is_protected(entry) || (entry->rtekind == RTE_FUNCTION && calls_own_function(entry));
	});
}

bool is_confined(const RangeTblEntry *entry) { return has_mark(entry); }

void note_filter(RangeTblEntry *entry, char how, const char *why) {
	const size_t length = kMarkLength + 1 + (why == nullptr ? 0 : strlen(why)) + 1;
	auto *note = static_cast<char *>(palloc(length));
	strlcpy(note, mark, length);
	note[kMarkLength] = how;
	strlcpy(note + kMarkLength + 1, why == nullptr ? "" : why, length - kMarkLength - 1);
	entry->ctename = note;
}

const char *filter_note(const RangeTblEntry *entry) { return entry->ctename + kMarkLength; }

bool confirm_plan(PlannedStmt *plan) {
	require_no_open_parent(plan);
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

bool holds_confined(const PlannedStmt *plan) { return pg::find_entry(plan->rtable, has_mark) != nullptr; }

PlanKind kind_of_plan(const PlannedStmt *plan) {
	const bool is_open =
		pg::find_entry(plan->rtable, [plan](RangeTblEntry *entry) {
			return !has_mark(entry) && is_protected(entry) &&
				   check_enable_rls(entry->relid, pg::check_as_user(plan, entry), true) != RLS_ENABLED;
		}) != nullptr;
	return is_open ? PlanKind::kUnconfined : PlanKind::kConfined;
}

} // namespace pg_tenant::isolation
