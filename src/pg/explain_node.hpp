// A line of our own in EXPLAIN (VERBOSE), which has a hook for it from 18 on.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "commands/explain.h"
#include "nodes/execnodes.h"
#if PG_VERSION_NUM >= 180000
#include "commands/explain_format.h"
#include "commands/explain_state.h"
#endif
}

namespace pg_tenant::pg {

// What there is to say of a node of a plan with this range table, or NULL.
using DescribeNode = const char *(*)(const Plan *plan, const List *range_table);

#if PG_VERSION_NUM >= 180000

inline DescribeNode describe_node = nullptr;
inline explain_per_node_hook_type previous_explain_node = nullptr;

inline void explain_node(PlanState *state, List *ancestors, const char *relationship, const char *plan_name,
						 ExplainState *explain) {
	if (previous_explain_node != nullptr)
		previous_explain_node(state, ancestors, relationship, plan_name, explain);
	const char *text = explain->verbose ? describe_node(state->plan, explain->rtable) : nullptr;
	if (text != nullptr)
		ExplainPropertyText("Tenant Filter", text, explain);
}

inline void describe_nodes_by(DescribeNode describe) {
	describe_node = describe;
	previous_explain_node = explain_per_node_hook;
	explain_per_node_hook = explain_node;
}

#else

inline void describe_nodes_by(DescribeNode) {}

#endif

} // namespace pg_tenant::pg
