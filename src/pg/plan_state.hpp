// The tree that an executor walks.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/execnodes.h"
#include "nodes/nodeFuncs.h"
}

namespace pg_tenant::pg {

using PlanStateWalker = bool (*)(PlanState *, void *);

// Calls it with each child, those of sub-selects too, until it returns true.
inline bool walk_plan_state(PlanState *state, PlanStateWalker walker, void *context) {
#if PG_VERSION_NUM >= 160000
	return planstate_tree_walker(state, walker, context);
#else
	return planstate_tree_walker(state, reinterpret_cast<bool (*)()>(reinterpret_cast<void *>(walker)),
								 context);
#endif
}

} // namespace pg_tenant::pg
