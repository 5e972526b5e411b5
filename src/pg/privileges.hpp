// Whose privileges a relation is used with and which: in its range table entry before 16, apart from it
// since.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "access/sysattr.h"
#include "executor/executor.h"
#include "nodes/bitmapset.h"
#include "nodes/plannodes.h"
#include "parser/parse_node.h"
#include "parser/parse_relation.h"
}

namespace pg_tenant::pg {

// From now on the relation asks for INSERT into these columns, and for what expressions over it will read.
inline void ask_only_insert(ParseNamespaceItem *item, List *columns) {
	Bitmapset *inserted = nullptr;
	ListCell *cell;
	foreach (cell, columns)
		inserted = bms_add_member(inserted, lfirst_int(cell) - FirstLowInvalidHeapAttributeNumber);
#if PG_VERSION_NUM >= 160000
	item->p_perminfo->requiredPerms = ACL_INSERT;
	item->p_perminfo->insertedCols = inserted;
#else
	item->p_rte->requiredPerms = ACL_INSERT;
	item->p_rte->insertedCols = inserted;
#endif
}

// Raises 42501 unless the present role has what the relation asks for. What it is to read is forgotten
// then: a query over it is no query that returns its rows, which would have more policies to pass.
inline void require_privileges(ParseState *state, ParseNamespaceItem *item) {
#if PG_VERSION_NUM >= 160000
	ExecCheckPermissions(state->p_rtable, list_make1(item->p_perminfo), true);
	item->p_perminfo->requiredPerms = ACL_INSERT;
#else
	ExecCheckRTPerms(state->p_rtable, true);
	item->p_rte->requiredPerms = ACL_INSERT;
#endif
}

// Makes what was parsed the range table of a query.
inline void take_range_table(Query *query, const ParseState *state) {
	query->rtable = state->p_rtable;
#if PG_VERSION_NUM >= 160000
	query->rteperminfos = state->p_rteperminfos;
#endif
}

// What a plan asks for on a relation; nothing for partitions and children that planning added.
inline AclMode required_privileges(const PlannedStmt *plan, RangeTblEntry *entry) {
#if PG_VERSION_NUM >= 160000
	return entry->perminfoindex == 0 ? ACL_NO_RIGHTS
									 : getRTEPermissionInfo(plan->permInfos, entry)->requiredPerms;
#else
	(void)plan;
	return entry->requiredPerms;
#endif
}

// Whether the plan reads this relation, rather than only naming it, as a view's own query names the view.
inline bool is_read(const PlannedStmt *plan, RangeTblEntry *entry) {
	return (required_privileges(plan, entry) & ACL_SELECT) != 0;
}

// The role whose rights a relation of a plan is used with; InvalidOid for the present one.
inline Oid check_as_user(const PlannedStmt *plan, RangeTblEntry *entry) {
#if PG_VERSION_NUM >= 160000
	// Partitions and children that planning added have none of their own, and are marked as their parents
	// are.
	return entry->perminfoindex == 0 ? InvalidOid : getRTEPermissionInfo(plan->permInfos, entry)->checkAsUser;
#else
	(void)plan;
	return entry->checkAsUser;
#endif
}

// The same while the query is planned.
inline Oid check_as_user(const Query *query, RangeTblEntry *entry) {
#if PG_VERSION_NUM >= 160000
	return entry->perminfoindex == 0 ? InvalidOid
									 : getRTEPermissionInfo(query->rteperminfos, entry)->checkAsUser;
#else
	(void)query;
	return entry->checkAsUser;
#endif
}

// The query writes this column of the relation, for which nobody needs a privilege.
inline void note_updated_column(const Query *query, RangeTblEntry *entry, AttrNumber column) {
	const int member = column - FirstLowInvalidHeapAttributeNumber;
#if PG_VERSION_NUM >= 160000
	RTEPermissionInfo *permissions = getRTEPermissionInfo(query->rteperminfos, entry);
	permissions->updatedCols = bms_add_member(permissions->updatedCols, member);
#else
	(void)query;
	entry->updatedCols = bms_add_member(entry->updatedCols, member);
#endif
}

// An entry that asks for no privilege.
inline void ask_nothing(RangeTblEntry *entry) {
#if PG_VERSION_NUM >= 160000
	entry->perminfoindex = 0;
#else
	entry->requiredPerms = ACL_NO_RIGHTS;
#endif
}

} // namespace pg_tenant::pg
