#include "isolation/matview.hpp"

#include "pg/compat.hpp"
#include "pg/error.hpp"
#include "pg/privileges.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "access/relation.h"
#include "catalog/pg_class_d.h"
#include "rewrite/prs2lock.h"
#include "utils/lsyscache.h"
}

namespace pg_tenant::isolation {
namespace {

bool reads_protected(Oid relation);

// Whether a query, as it is stored with a view, names a protected relation or a view that reads one.
bool names_protected(Node *node, void *view) {
	if (node == nullptr)
		return false;
	if (!IsA(node, Query))
		return pg::walk_expression(node, names_protected, view);
	auto *query = reinterpret_cast<Query *>(node);
	ListCell *cell;
	foreach (cell, query->rtable) {
		auto *entry = static_cast<RangeTblEntry *>(lfirst(cell));
		// A view's own query names the view itself, as OLD and NEW.
		if (entry->rtekind == RTE_RELATION && entry->relid != *static_cast<Oid *>(view) &&
			reads_protected(entry->relid))
			return true;
	}
	return pg::walk_query(query, names_protected, view);
}

bool reads_protected(Oid relation) {
	check_stack_depth();
	if (registry::protection_of(relation).column != InvalidAttrNumber)
		return true;
	const char kind = get_rel_relkind(relation);
	if (kind != RELKIND_VIEW && kind != RELKIND_MATVIEW)
		return false;
	Relation opened = relation_open(relation, AccessShareLock);
	bool found = false;
	for (int i = 0; opened->rd_rules != nullptr && i < opened->rd_rules->numLocks; i++) {
		const RewriteRule *rule = opened->rd_rules->rules[i];
		if (rule->event == CMD_SELECT)
			found = found || names_protected(reinterpret_cast<Node *>(rule->actions), &relation);
	}
	relation_close(opened, AccessShareLock);
	return found;
}

} // namespace

bool holds_shared_rows(Oid relation) {
	return get_rel_relkind(relation) == RELKIND_MATVIEW && reads_protected(relation);
}

void require_no_shared_rows(const PlannedStmt *plan) {
	ListCell *cell;
	foreach (cell, plan->rtable) {
		auto *entry = static_cast<RangeTblEntry *>(lfirst(cell));
		if (entry->rtekind != RTE_RELATION || entry->relkind != RELKIND_MATVIEW ||
			!pg::is_read(plan, entry) || !reads_protected(entry->relid))
			continue;
		ereport(ERROR,
				(errcode(ERRCODE_TENANT_BOUNDARY),
				 errmsg("materialized view \"%s\" holds rows of all tenants", get_rel_name(entry->relid)),
				 errdetail("It reads protected tables, and no policy covers it."),
				 errhint("As a role that may bypass row-level security: SET row_security = off;")));
	}
}

} // namespace pg_tenant::isolation
