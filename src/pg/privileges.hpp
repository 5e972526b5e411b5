// Privileges of a statement that the project runs itself, where 15 and later majors keep them apart.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "access/sysattr.h"
#include "executor/executor.h"
#include "nodes/bitmapset.h"
#include "parser/parse_node.h"
}

namespace pg_tenant::pg {

// Raises 42501 unless the present role may INSERT into these columns of the relation.
inline void require_insert_privilege(ParseState *state, ParseNamespaceItem *item, List *columns) {
	Bitmapset *inserted = nullptr;
	ListCell *cell;
	foreach (cell, columns)
		inserted = bms_add_member(inserted, lfirst_int(cell) - FirstLowInvalidHeapAttributeNumber);
#if PG_VERSION_NUM >= 160000
	item->p_perminfo->requiredPerms = ACL_INSERT;
	item->p_perminfo->insertedCols = inserted;
	ExecCheckPermissions(state->p_rtable, list_make1(item->p_perminfo), true);
#else
	item->p_rte->requiredPerms = ACL_INSERT;
	item->p_rte->insertedCols = inserted;
	ExecCheckRTPerms(state->p_rtable, true);
#endif
}

} // namespace pg_tenant::pg
