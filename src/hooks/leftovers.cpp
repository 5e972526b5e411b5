// pg_tenant.clean_on_switch: the first top-level statement after a change of tenant cleans up. One that was
// analysed or planned over what would go is refused, and so is one inside a command that changed the tenant.
#include "hooks/leftovers.hpp"

#include "context/frame.hpp"
#include "context/leftovers.hpp"
#include "context/portals.hpp"
#include "context/settings.hpp"
#include "pg/error.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/namespace.h"
#include "nodes/nodeFuncs.h"
#include "tcop/pquery.h"
#include "utils/lsyscache.h"
#include "utils/portal.h"
#include "utils/snapmgr.h"
}

namespace pg_tenant::hooks {

int statement_depth = 0;

namespace {

// What a cleaning is about to drop, or what another tenant made.
enum class Refused { kAll, kForeign };

void refuse_relation(Oid relation, Refused refused) {
	if (refused == Refused::kAll ? get_rel_persistence(relation) == RELPERSISTENCE_TEMP
								 : context::is_foreign_temporary(relation))
		ereport(ERROR, (errcode(ERRCODE_TENANT_CHANGED),
						errmsg("temporary table \"%s\" belongs to another tenant", get_rel_name(relation)),
						errhint("DISCARD TEMP;")));
}

void refuse_temporary(const List *range_table, Refused refused) {
	ListCell *cell;
	foreach (cell, range_table) {
		auto *entry = static_cast<RangeTblEntry *>(lfirst(cell));
		if (entry->rtekind == RTE_RELATION)
			refuse_relation(entry->relid, refused);
	}
}

bool refuse_walker(Node *node, void *refused) {
	if (node == nullptr)
		return false;
	if (!IsA(node, Query))
		return pg::walk_expression(node, refuse_walker, refused);
	auto *query = reinterpret_cast<Query *>(node);
	refuse_temporary(query->rtable, *static_cast<Refused *>(refused));
	return pg::walk_query(query, refuse_walker, refused);
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

void refuse_command(const Node *utility, Refused refused) {
	(void)refuse_walker(query_of(utility), &refused);
	auto *copy = IsA(utility, CopyStmt) ? reinterpret_cast<const CopyStmt *>(utility) : nullptr;
	const Oid relation = copy == nullptr || copy->relation == nullptr
							 ? InvalidOid
							 : RangeVarGetRelid(copy->relation, NoLock, true);
	if (OidIsValid(relation))
		refuse_relation(relation, refused);
}

bool is_inner() { return statement_depth > 0 || IsInParallelMode(); }

Refused refused_now(bool is_top) {
	return is_top && context::has_leftovers() ? Refused::kAll : Refused::kForeign;
}

} // namespace

void clean_before_query(const QueryDesc *query) {
	if (!context::clean_on_switch)
		return;
	if (ActivePortal != nullptr && (ActivePortal->cursorOptions & CURSOR_OPT_HOLD) != 0)
		context::note_portal_owner();
	const bool is_top = !is_inner();
	refuse_temporary(query->plannedstmt->rtable, refused_now(is_top));
	if (is_top)
		context::clean_leftovers();
}

void clean_before_utility(const Node *utility, bool is_sent_by_client) {
	// Without a snapshot a command reads no table.
	if (!context::clean_on_switch || !IsTransactionState() || !ActiveSnapshotSet())
		return;
	const bool is_top = is_sent_by_client && !is_inner();
	refuse_command(utility, refused_now(is_top));
	if (is_top)
		context::clean_leftovers();
}

void refuse_foreign_temporaries(const QueryDesc *query) {
	if (context::clean_on_switch)
		refuse_temporary(query->plannedstmt->rtable, Refused::kForeign);
}

} // namespace pg_tenant::hooks
