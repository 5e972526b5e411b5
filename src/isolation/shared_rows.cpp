#include "isolation/shared_rows.hpp"

#include <cstdio>

#include "isolation/policy.hpp"
#include "isolation/statistics.hpp"
#include "pg/compat.hpp"
#include "pg/error.hpp"
#include "pg/privileges.hpp"
#include "pg/spi.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "access/relation.h"
#include "catalog/namespace.h"
#include "catalog/pg_class_d.h"
#include "commands/extension.h"
#include "rewrite/prs2lock.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
}

namespace pg_tenant::isolation {

using registry::is_protected;

namespace {

Oid find_protected(Oid relation);

struct Search {
	Oid view;
	Oid found;
};

// Looks for a protected relation, or a view that reads one, in a query as it is stored with a view.
bool names_protected(Node *node, void *search_pointer) {
	if (node == nullptr)
		return false;
	if (!IsA(node, Query))
		return pg::walk_expression(node, names_protected, search_pointer);
	auto *search = static_cast<Search *>(search_pointer);
	auto *query = reinterpret_cast<Query *>(node);
	ListCell *cell;
	foreach (cell, query->rtable) {
		auto *entry = static_cast<RangeTblEntry *>(lfirst(cell));
		// A view's own query names the view itself, as OLD and NEW.
		if (entry->rtekind == RTE_RELATION && entry->relid != search->view)
			search->found = find_protected(entry->relid);
		if (OidIsValid(search->found))
			return true;
	}
	return pg::walk_query(query, names_protected, search_pointer);
}

// The relation itself, or a protected one that a view reads; InvalidOid if there is none.
Oid find_protected(Oid relation) {
	check_stack_depth();
	if (is_protected(relation))
		return relation;
	const char kind = get_rel_relkind(relation);
	if (kind != RELKIND_VIEW && kind != RELKIND_MATVIEW)
		return InvalidOid;
	Relation opened = relation_open(relation, AccessShareLock);
	Search search = {relation, InvalidOid};
	for (int i = 0; opened->rd_rules != nullptr && i < opened->rd_rules->numLocks; i++) {
		const RewriteRule *rule = opened->rd_rules->rules[i];
		if (rule->event == CMD_SELECT && !OidIsValid(search.found))
			(void)names_protected(reinterpret_cast<Node *>(rule->actions), &search);
	}
	relation_close(opened, AccessShareLock);
	return search.found;
}

[[noreturn]] void refuse(Oid matview, Oid source) {
	const char *column = get_attname(source, registry::protection_of(source).column, false);
	const AttrNumber own_column = get_attnum(matview, column);
	const bool has_tenant =
		own_column != InvalidAttrNumber && typed_function(get_atttype(matview, own_column)) != nullptr;
	const char *command =
		psprintf("SELECT tenant.protect(%s, %s);", quote_literal_cstr(pg::qualified_name(matview)),
				 quote_literal_cstr(column));
	ereport(ERROR, (errcode(ERRCODE_TENANT_BOUNDARY),
					errmsg("materialized view \"%s\" holds rows of all tenants", get_rel_name(matview)),
					has_tenant ? errdetail("It reads protected tables, and is not protected.")
							   : errdetail("It reads protected tables, and has no column \"%s\" of a tenant.",
										   column),
					has_tenant ? errhint("%s", command)
							   : errhint("Create it again with that column, then: %s", command)));
}

// The table that keeps its long values in this one: the server names it so.
Oid table_of_toast(Oid toast) {
	Oid table = InvalidOid;
	return sscanf(get_rel_name(toast), "pg_toast_%u", &table) == 1 ? table : InvalidOid;
}

// Long values are kept of statistics too.
bool toasts_shared_rows(Oid table) {
	return is_protected(table) || holds_shared_rows(table) ||
		   (holds_statistics(table) && OidIsValid(get_extension_oid("pg_tenant", true)));
}

void require_no_toast(Oid toast) {
	const Oid table = table_of_toast(toast);
	if (!toasts_shared_rows(table))
		return;
	ereport(ERROR, (errcode(ERRCODE_TENANT_BOUNDARY),
					errmsg("TOAST table \"%s\" holds rows of all tenants", get_rel_name(toast)),
					errdetail("It belongs to \"%s\".", get_rel_name(table)),
					errhint("As a role that may bypass row-level security: SET row_security = off;")));
}

void require_no_shared_matview(Oid matview) {
	const Oid source = is_protected(matview) ? InvalidOid : find_protected(matview);
	if (OidIsValid(source))
		refuse(matview, source);
}

} // namespace

bool holds_shared_rows(Oid relation) {
	return get_rel_relkind(relation) == RELKIND_MATVIEW && OidIsValid(find_protected(relation));
}

void require_no_shared_rows(const PlannedStmt *plan) {
	ListCell *cell;
	foreach (cell, plan->rtable) {
		auto *entry = static_cast<RangeTblEntry *>(lfirst(cell));
		if (entry->rtekind != RTE_RELATION || !pg::is_read(plan, entry))
			continue;
		if (entry->relkind == RELKIND_MATVIEW)
			require_no_shared_matview(entry->relid);
		else if (entry->relkind == RELKIND_TOASTVALUE)
			require_no_toast(entry->relid);
	}
}

bool reads_shared_rows(const PlannedStmt *plan) {
	ListCell *cell;
	foreach (cell, plan->rtable) {
		auto *entry = static_cast<RangeTblEntry *>(lfirst(cell));
		if (entry->rtekind != RTE_RELATION || !pg::is_read(plan, entry))
			continue;
		if (holds_statistics(entry->relid) || holds_shared_rows(entry->relid) ||
			(entry->relkind == RELKIND_TOASTVALUE && toasts_shared_rows(table_of_toast(entry->relid))))
			return true;
	}
	return false;
}

void require_refreshable(const RefreshMatViewStmt *statement) {
	const Oid matview = RangeVarGetRelid(statement->relation, NoLock, true);
	if (!OidIsValid(matview) || !is_protected(matview))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_TENANT_BOUNDARY),
			 errmsg("REFRESH would replace the rows that all tenants have in \"%s\"", get_rel_name(matview)),
			 errhint("As a role that may bypass row-level security: SET row_security = off;")));
}

} // namespace pg_tenant::isolation
