// The nodes of a finished plan.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/plannodes.h"
}

namespace pg_tenant::planning {

template <typename Call> void for_each_plan(const List *plans, Call call) {
	ListCell *cell;
	foreach (cell, plans) {
		if (lfirst(cell) != nullptr)
			call(static_cast<Plan *>(lfirst(cell)));
	}
}

// Calls with each child of a node.
template <typename Call> void for_each_child(const Plan *plan, Call call) {
	for (Plan *child : {plan->lefttree, plan->righttree}) {
		if (child != nullptr)
			call(child);
	}
	switch (nodeTag(plan)) {
	case T_Append:
		for_each_plan(reinterpret_cast<const Append *>(plan)->appendplans, call);
		break;
	case T_MergeAppend:
		for_each_plan(reinterpret_cast<const MergeAppend *>(plan)->mergeplans, call);
		break;
	case T_BitmapAnd:
		for_each_plan(reinterpret_cast<const BitmapAnd *>(plan)->bitmapplans, call);
		break;
	case T_BitmapOr:
		for_each_plan(reinterpret_cast<const BitmapOr *>(plan)->bitmapplans, call);
		break;
	case T_SubqueryScan:
		call(reinterpret_cast<const SubqueryScan *>(plan)->subplan);
		break;
	case T_CustomScan:
		for_each_plan(reinterpret_cast<const CustomScan *>(plan)->custom_plans, call);
		break;
	default:
		break;
	}
}

// Calls with the top of the plan and of each sub-select that it runs.
template <typename Call> void for_each_root(const PlannedStmt *plan, Call call) {
	call(plan->planTree);
	for_each_plan(plan->subplans, call);
}

} // namespace pg_tenant::planning
