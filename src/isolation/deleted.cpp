#include "isolation/deleted.hpp"

#include <cstring>

#include "context/settings.hpp"
#include "pg/compat.hpp"
#include "pg/join_tree.hpp"
#include "pg/privileges.hpp"
#include "pg/range_table.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "access/table.h"
#include "catalog/pg_collation_d.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type_d.h"
#include "commands/trigger.h"
#include "nodes/makefuncs.h"
#include "nodes/pathnodes.h"
#include "optimizer/optimizer.h"
#include "parser/parse_func.h"
#include "parser/parsetree.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rls.h"
}

namespace pg_tenant::isolation {
namespace {

// What has been hidden is marked like what is confined (confine.cpp), in the same field; either will do.
char mark[] = "deleted rows";

Node *call(const char *name, List *arguments, int count, const Oid *types, Oid result) {
	List *names = list_make2(makeString(pstrdup(registry::kSchema)), makeString(pstrdup(name)));
	const Oid function = LookupFuncName(names, count, types, false);
	return reinterpret_cast<Node *>(
		makeFuncExpr(function, result, arguments, InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL));
}

Var *column_of(Oid relation, int index, AttrNumber number) {
	Oid type;
	int32 modifier;
	Oid collation;
	get_atttypetypmodcoll(relation, number, &type, &modifier, &collation);
	return makeVar(index, number, type, modifier, collation, 0);
}

Node *null_test(Oid relation, int index, NullTestType kind) {
	NullTest *test = makeNode(NullTest);
	test->arg = reinterpret_cast<Expr *>(column_of(relation, index, registry::deletion_of(relation).at));
	test->nulltesttype = kind;
	test->argisrow = false;
	test->location = -1;
	return reinterpret_cast<Node *>(test);
}

Node *condition_for(Oid relation, int index, Sight sight) {
	switch (sight) {
	case Sight::kLive:
		return null_test(relation, index, IS_NULL);
	case Sight::kDead:
		return null_test(relation, index, IS_NOT_NULL);
	case Sight::kAll:
		break;
	}
	return nullptr;
}

// Whether a foreign key may reference the relation's rows: through its parents, rows of its parts as well.
bool is_referenced(Relation relation) {
	if (relation->rd_rel->relhassubclass)
		return true;
	const TriggerDesc *triggers = relation->trigdesc;
	for (int i = 0; triggers != nullptr && i < triggers->numtriggers; i++) {
		if (RI_FKey_trigger_type(triggers->triggers[i].tgfoid) == RI_TRIGGER_PK)
			return true;
	}
	return false;
}

struct Target {
	Oid relation;
	int index;
	registry::Deletion deletion;
	bool is_referenced;
};

Node *locked(const Target &target, Node *value) {
	const Oid types[3] = {OIDOID, TIDOID, TIMESTAMPTZOID};
	const int index = target.index;
	return call("lock_deleted",
				list_make3(makeVar(index, TableOidAttributeNumber, OIDOID, -1, InvalidOid, 0),
						   makeVar(index, SelfItemPointerAttributeNumber, TIDOID, -1, InvalidOid, 0), value),
				3, types, TIMESTAMPTZOID);
}

// A call name(NULL, tableoid, ctid): nobody can make one but a plan, since nobody has a value for its first
// argument.
Node *row_test(const char *name, int index) {
	const Oid types[3] = {INTERNALOID, OIDOID, TIDOID};
	Const *key = makeConst(INTERNALOID, -1, InvalidOid, SIZEOF_DATUM, Datum(0), true, true);
	return call(name,
				list_make3(key, makeVar(index, TableOidAttributeNumber, OIDOID, -1, InvalidOid, 0),
						   makeVar(index, SelfItemPointerAttributeNumber, TIDOID, -1, InvalidOid, 0)),
				3, types, BOOLOID);
}

Node *marked_at(const Target &target, Node *value) {
	return target.is_referenced ? locked(target, value) : value;
}

TargetEntry *assignment(const Target &target, AttrNumber column, Node *value) {
	return makeTargetEntry(reinterpret_cast<Expr *>(value), column,
						   get_attname(target.relation, column, false), false);
}

// One moment for all rows of a statement, so that they can be told from those of another.
List *marking(const Target &target) {
	Node *now = reinterpret_cast<Node *>(makeFuncExpr(F_STATEMENT_TIMESTAMP, TIMESTAMPTZOID, NIL, InvalidOid,
													  InvalidOid, COERCE_EXPLICIT_CALL));
	List *result = list_make1(assignment(target, target.deletion.at, marked_at(target, now)));
	if (target.deletion.by != InvalidAttrNumber) {
		SQLValueFunction *user = makeNode(SQLValueFunction);
		user->op = SVFOP_CURRENT_USER;
		user->type = NAMEOID;
		user->typmod = -1;
		user->location = -1;
		result = lappend(result, assignment(target, target.deletion.by,
											reinterpret_cast<Node *>(makeFuncExpr(
												F_TEXT_NAME, TEXTOID, list_make1(user), DEFAULT_COLLATION_OID,
												C_COLLATION_OID, COERCE_EXPLICIT_CALL))));
	}
	return result;
}

void lock_marked(const Target &target, List *assignments) {
	ListCell *cell;
	foreach (cell, assignments) {
		auto *entry = lfirst_node(TargetEntry, cell);
		if (!entry->resjunk && entry->resno == target.deletion.at && target.is_referenced)
			entry->expr = reinterpret_cast<Expr *>(locked(target, reinterpret_cast<Node *>(entry->expr)));
	}
}

void note_written_columns(Query *query, const Target &target) {
	RangeTblEntry *entry = rt_fetch(target.index, query->rtable);
	pg::note_updated_column(query, entry, target.deletion.at);
	if (target.deletion.by != InvalidAttrNumber)
		pg::note_updated_column(query, entry, target.deletion.by);
}

// The checks of an action that deletes are those of one that updates, where MERGE has no other that updates.
void use_delete_checks(Query *merge) {
	List *kept = NIL;
	ListCell *cell;
	foreach (cell, merge->withCheckOptions) {
		auto *check = lfirst_node(WithCheckOption, cell);
		if (check->kind == WCO_RLS_MERGE_UPDATE_CHECK || check->kind == WCO_RLS_UPDATE_CHECK)
			continue;
		if (check->kind == WCO_RLS_MERGE_DELETE_CHECK)
			check->kind = WCO_RLS_MERGE_UPDATE_CHECK;
		kept = lappend(kept, check);
	}
	merge->withCheckOptions = kept;
}

List *conditions_of(const Query *merge, WCOKind kind) {
	List *result = NIL;
	ListCell *cell;
	foreach (cell, merge->withCheckOptions) {
		auto *check = lfirst_node(WithCheckOption, cell);
		if (check->kind == kind)
			result = lappend(result, check->qual);
	}
	return result;
}

bool treats_alike(const Query *merge) {
	return equal(conditions_of(merge, WCO_RLS_MERGE_UPDATE_CHECK),
				 conditions_of(merge, WCO_RLS_MERGE_DELETE_CHECK));
}

void mark_for_merge(Query *merge, const Target &target) {
	bool updates = false;
	bool deletes = false;
	ListCell *cell;
	foreach (cell, merge->mergeActionList) {
		auto *action = lfirst_node(MergeAction, cell);
		updates = updates || action->commandType == CMD_UPDATE;
		deletes = deletes || action->commandType == CMD_DELETE;
		if (action->commandType == CMD_UPDATE)
			lock_marked(target, action->targetList);
	}
	if (!deletes || context::hard_delete)
		return;
	if (updates && !treats_alike(merge))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("MERGE cannot both update and soft-delete rows of \"%s\"",
							   get_rel_name(target.relation)),
						errdetail("Policies of the table treat the two differently."),
						errhint("Use one MERGE that updates, and a DELETE.")));
	if (!updates)
		use_delete_checks(merge);
	foreach (cell, merge->mergeActionList) {
		auto *action = lfirst_node(MergeAction, cell);
		if (action->commandType != CMD_DELETE)
			continue;
		action->commandType = CMD_UPDATE;
		action->targetList = marking(target);
		action->qual = make_and_qual(action->qual, null_test(target.relation, target.index, IS_NULL));
	}
	note_written_columns(merge, target);
}

// A conflict with a deleted row is an error: the row is not there to be updated.
void refuse_deleted_conflict(Query *query, const RangeTblEntry *entry, int index) {
	const OnConflictExpr *conflict = query->onConflict;
	if (conflict == nullptr || conflict->action != ONCONFLICT_UPDATE)
		return;
	const Oid types[2] = {TIMESTAMPTZOID, OIDOID};
	WithCheckOption *check = makeNode(WithCheckOption);
	check->kind = WCO_RLS_CONFLICT_CHECK;
	check->relname = get_rel_name(entry->relid);
	check->qual = call("require_live",
					   list_make2(column_of(entry->relid, index, registry::deletion_of(entry->relid).at),
								  makeConst(OIDOID, -1, InvalidOid, sizeof(Oid),
											ObjectIdGetDatum(entry->relid), false, true)),
					   2, types, BOOLOID);
	query->withCheckOptions = lappend(query->withCheckOptions, check);
}

// A key that is unique among live rows need not be said to be so: what is named with ON CONFLICT is rows that
// are seen.
void infer_live_keys(Query *query, const RangeTblEntry *entry, int index) {
	OnConflictExpr *conflict = query->onConflict;
	if (conflict != nullptr && conflict->arbiterElems != NIL)
		conflict->arbiterWhere =
			make_and_qual(conflict->arbiterWhere, condition_for(entry->relid, index, Sight::kLive));
}

bool is_soft_deleted(const RangeTblEntry *entry) {
	return entry->rtekind == RTE_RELATION && registry::is_soft_deleted(entry->relid);
}

} // namespace

Sight wanted_sight() {
	if (!row_security || context::include_deleted == context::kDeletedSeen)
		return Sight::kAll;
	return context::include_deleted == context::kDeletedAlone ? Sight::kDead : Sight::kLive;
}

bool mark_for_delete(Query *query) {
	if (query->commandType == CMD_SELECT || query->commandType == CMD_UTILITY)
		return false;
	const RangeTblEntry *entry = rt_fetch(query->resultRelation, query->rtable);
	const registry::Deletion deletion = registry::deletion_of(entry->relid);
	if (entry->rtekind != RTE_RELATION || deletion.at == InvalidAttrNumber)
		return false;
	Relation opened = table_open(entry->relid, NoLock);
	const Target target = {entry->relid, query->resultRelation, deletion, is_referenced(opened)};
	table_close(opened, NoLock);
	if (query->commandType == CMD_MERGE)
		mark_for_merge(query, target);
	else if (query->commandType == CMD_UPDATE)
		lock_marked(target, query->targetList);
	else if (query->commandType == CMD_INSERT && query->onConflict != nullptr)
		lock_marked(target, query->onConflict->onConflictSet);
	if (query->commandType != CMD_DELETE || context::hard_delete)
		return false;
	query->commandType = CMD_UPDATE;
	query->targetList = marking(target);
	note_written_columns(query, target);
	return true;
}

void hide_deleted(Query *query, RangeTblEntry *entry, int index, Sight sight) {
	if (entry->ctename == nullptr)
		entry->ctename = mark;
	if (index == query->resultRelation && query->commandType == CMD_INSERT) {
		infer_live_keys(query, entry, index);
		if (sight == Sight::kLive)
			refuse_deleted_conflict(query, entry, index);
		return;
	}
	Node *condition = condition_for(entry->relid, index, sight);
	if (condition == nullptr || pg::place_condition(query, index, condition))
		return;
	// MERGE's target is in no join tree, and its source must stay a table.
	if (query->commandType == CMD_MERGE)
		entry->securityQuals = lappend(entry->securityQuals, condition);
}

// `SELECT 1 FROM ONLY referenced x WHERE x.key = $1 FOR KEY SHARE`; the queries that look for rows that
// reference one have the parameter on the left.
void hide_from_key_check(Query *query) {
	if (query->commandType != CMD_SELECT || list_length(query->rowMarks) != 1 ||
		list_length(query->rtable) != 1)
		return;
	auto *entry = linitial_node(RangeTblEntry, query->rtable);
	if (linitial_node(RowMarkClause, query->rowMarks)->strength != LCS_FORKEYSHARE ||
		entry->rtekind != RTE_RELATION || !registry::is_soft_deleted(entry->relid))
		return;
	List *conditions = make_ands_implicit(reinterpret_cast<Expr *>(query->jointree->quals));
	auto *comparison = conditions == NIL ? nullptr : reinterpret_cast<OpExpr *>(linitial(conditions));
	if (comparison == nullptr || !IsA(comparison, OpExpr) ||
		!contain_var_clause(static_cast<Node *>(linitial(comparison->args))))
		return;
	Node *is_alone = row_test("is_without_live_children", 1);
	(void)pg::place_condition(
		query, 1,
		reinterpret_cast<Node *>(
			makeBoolExpr(OR_EXPR, list_make2(condition_for(entry->relid, 1, Sight::kLive), is_alone), -1)));
}

void follow_cascade(Query *query) {
	if (query->commandType != CMD_UPDATE)
		return;
	const RangeTblEntry *entry = rt_fetch(query->resultRelation, query->rtable);
	const AttrNumber deleted_at = registry::deletion_of(entry->relid).at;
	bool restores = false;
	ListCell *cell;
	foreach (cell, query->targetList) {
		auto *assigned = lfirst_node(TargetEntry, cell);
		if (deleted_at != InvalidAttrNumber && !assigned->resjunk && assigned->resno == deleted_at)
			restores = IsA(assigned->expr, Const) && reinterpret_cast<Const *>(assigned->expr)->constisnull;
	}
	if (restores)
		(void)pg::place_condition(query, query->resultRelation,
								  row_test("has_live_parents", query->resultRelation));
	(void)mark_for_delete(query);
}

bool may_meet_deleted(Query *query) { return pg::names_entry(query, is_soft_deleted); }

bool meets_deleted(const PlannedStmt *plan) {
	return pg::find_entry(plan->rtable, is_soft_deleted) != nullptr;
}

// The server reads a part through its table, which asks no trigger of the part.
static void require_no_blind_parent(const PlannedStmt *plan) {
	ListCell *cell;
	foreach (cell, plan->appendRelations) {
		auto *part = lfirst_node(AppendRelInfo, cell);
		const Oid child = rt_fetch(part->child_relid, plan->rtable)->relid;
		if (OidIsValid(part->parent_reloid) && registry::is_soft_deleted(child) &&
			!registry::is_soft_deleted(part->parent_reloid))
			ereport(
				ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg(
					 "rows of \"%s\" are soft-deleted, but those of \"%s\", which it is a part of, are not",
					 get_rel_name(child), get_rel_name(part->parent_reloid)),
				 errdetail("Through it deleted rows would be seen.")));
	}
}

bool hides_deleted(const PlannedStmt *plan) {
	require_no_blind_parent(plan);
	return pg::find_entry(plan->rtable, [](const RangeTblEntry *entry) {
			   return entry->ctename == nullptr && is_soft_deleted(entry);
		   }) == nullptr;
}

void drop_deletion_triggers(const QueryDesc *query) {
	ListCell *cell;
	foreach (cell, query->estate->es_opened_result_relations) {
		TriggerDesc *triggers = static_cast<ResultRelInfo *>(lfirst(cell))->ri_TrigDesc; // a copy
		bool has_others = false;
		for (int i = 0; triggers != nullptr && i < triggers->numtriggers; i++) {
			Trigger &trigger = triggers->triggers[i];
			const bool is_before_delete = TRIGGER_TYPE_MATCHES(trigger.tgtype, TRIGGER_TYPE_ROW,
															   TRIGGER_TYPE_BEFORE, TRIGGER_TYPE_DELETE);
			if (strcmp(trigger.tgname, registry::kDeletionTrigger) == 0)
				trigger.tgenabled = TRIGGER_DISABLED;
			else
				has_others = has_others || is_before_delete;
		}
		if (triggers != nullptr)
			triggers->trig_delete_before_row = has_others;
	}
}

} // namespace pg_tenant::isolation
