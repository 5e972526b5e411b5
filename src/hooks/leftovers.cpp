// pg_tenant.clean_on_switch: the first top-level statement after a change of tenant cleans up. One that was
// analysed or planned over what would go is refused.
#include "hooks/leftovers.hpp"

#include "context/frame.hpp"
#include "context/leftovers.hpp"
#include "context/portals.hpp"
#include "context/settings.hpp"
#include "pg/error.hpp"

extern "C" {
#include "access/xact.h"
#include "nodes/nodeFuncs.h"
#include "tcop/pquery.h"
#include "utils/lsyscache.h"
#include "utils/portal.h"
#include "utils/snapmgr.h"
}

namespace pg_tenant::hooks {

int statement_depth = 0;

namespace {

void refuse_temporary(const List *range_table) {
	ListCell *cell;
	foreach (cell, range_table) {
		auto *entry = static_cast<RangeTblEntry *>(lfirst(cell));
		if (entry->rtekind == RTE_RELATION && get_rel_persistence(entry->relid) == RELPERSISTENCE_TEMP)
			ereport(ERROR,
					(errcode(ERRCODE_TENANT_CHANGED),
					 errmsg("temporary table \"%s\" belongs to another tenant", get_rel_name(entry->relid)),
					 errhint("DISCARD TEMP;")));
	}
}

bool refuse_walker(Node *node, void *) {
	if (node == nullptr)
		return false;
	if (!IsA(node, Query))
		return pg::walk_expression(node, refuse_walker, nullptr);
	auto *query = reinterpret_cast<Query *>(node);
	refuse_temporary(query->rtable);
	return pg::walk_query(query, refuse_walker, nullptr);
}

Node *query_of(const Node *utility) {
	switch (nodeTag(utility)) {
	case T_CreateTableAsStmt:
		return reinterpret_cast<const CreateTableAsStmt *>(utility)->query;
	case T_DeclareCursorStmt:
		return reinterpret_cast<const DeclareCursorStmt *>(utility)->query;
	case T_ExplainStmt:
		return reinterpret_cast<const ExplainStmt *>(utility)->query;
	default:
		return nullptr;
	}
}

bool is_inner() { return !context::clean_on_switch || statement_depth > 0 || IsInParallelMode(); }

} // namespace

void clean_before_query(const QueryDesc *query) {
	if (context::clean_on_switch && ActivePortal != nullptr &&
		(ActivePortal->cursorOptions & CURSOR_OPT_HOLD) != 0)
		context::note_portal_owner();
	if (is_inner())
		return;
	if (context::has_leftovers())
		refuse_temporary(query->plannedstmt->rtable);
	context::clean_leftovers();
}

void clean_before_utility(const Node *utility) {
	// Without a snapshot a command reads no table.
	if (is_inner() || !IsTransactionState() || !ActiveSnapshotSet())
		return;
	if (context::has_leftovers())
		(void)refuse_walker(query_of(utility), nullptr);
	context::clean_leftovers();
}

} // namespace pg_tenant::hooks
