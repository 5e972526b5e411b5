#include "registry/revisions.hpp"

#include <cstring>

#include "pg/error.hpp"
#include "registry/relations.hpp"
#include "registry/table.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/namespace.h"
#include "commands/sequence.h"
#include "nodes/plannodes.h"
#include "nodes/primnodes.h"
#include "utils/lsyscache.h"
#include "tcop/pquery.h"
}

namespace pg_tenant::registry {
namespace {

// Those that this session drew in its latest transaction that drew any are among these.
struct Drawn {
	FullTransactionId transaction;
	int64 first;
	int64 last;
};
Drawn drawn;

bool is_in_present_transaction(const Drawn &numbers) {
	return FullTransactionIdIsValid(numbers.transaction) &&
		   FullTransactionIdEquals(numbers.transaction, GetTopFullTransactionIdIfAny());
}

// The one expression that the portal's plan computes, or NULL where it does anything else.
const Node *only_expression(Portal portal) {
	if (portal == nullptr || portal->strategy != PORTAL_ONE_SELECT || list_length(portal->stmts) != 1)
		return nullptr;
	const auto *statement = linitial_node(PlannedStmt, portal->stmts);
	const Plan *plan = statement->planTree;
	if (!IsA(plan, Result) || outerPlan(plan) != nullptr || statement->subplans != NIL ||
		list_length(plan->targetlist) != 1)
		return nullptr;
	return reinterpret_cast<const Node *>(linitial_node(TargetEntry, plan->targetlist)->expr);
}

} // namespace

int64 draw_revision() {
	const Oid sequence = own_relation("config_revisions");
	if (!OidIsValid(sequence))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("sequence of revisions is missing"),
						errhint("Create the extension pg_tenant again.")));
	const int64 revision = nextval_internal(sequence, false);
	if (!is_in_present_transaction(drawn))
		drawn = {GetTopFullTransactionId(), revision, revision};
	drawn.last = revision;
	return revision;
}

bool is_drawn_revision(int64 revision) {
	return is_in_present_transaction(drawn) && revision >= drawn.first && revision <= drawn.last;
}

bool is_whole_statement(const char *function) {
	if (IsTransactionBlock())
		return false;
	const Node *expression = only_expression(ActivePortal);
	if (expression == nullptr || !IsA(expression, FuncExpr))
		return false;
	const Oid called = castNode(FuncExpr, const_cast<Node *>(expression))->funcid;
	const char *name = get_func_name(called);
	return name != nullptr && strcmp(name, function) == 0 &&
		   get_func_namespace(called) == get_namespace_oid(kSchema, true);
}

} // namespace pg_tenant::registry
