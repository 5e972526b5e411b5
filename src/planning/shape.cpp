#include "planning/shape.hpp"

#include "planning/plan_tree.hpp"

extern "C" {
#include "common/hashfn.h"
#include "miscadmin.h"
}

namespace pg_tenant::planning {
namespace {

// What tells two nodes of one kind apart.
uint32 detail_of(const Plan *plan) {
	switch (nodeTag(plan)) {
	case T_IndexScan:
		return reinterpret_cast<const IndexScan *>(plan)->indexid;
	case T_IndexOnlyScan:
		return reinterpret_cast<const IndexOnlyScan *>(plan)->indexid;
	case T_BitmapIndexScan:
		return reinterpret_cast<const BitmapIndexScan *>(plan)->indexid;
	case T_SeqScan:
	case T_BitmapHeapScan:
		return reinterpret_cast<const Scan *>(plan)->scanrelid;
	case T_NestLoop:
	case T_MergeJoin:
	case T_HashJoin:
		return reinterpret_cast<const Join *>(plan)->jointype;
	case T_Agg:
		return reinterpret_cast<const Agg *>(plan)->aggstrategy;
	default:
		return 0;
	}
}

uint32 hash_of(const Plan *plan) {
	check_stack_depth();
	uint32 hash = hash_combine(static_cast<uint32>(nodeTag(plan)), murmurhash32(detail_of(plan)));
	for_each_child(plan, [&hash](const Plan *child) { hash = hash_combine(hash, hash_of(child)); });
	return murmurhash32(hash);
}

} // namespace

uint32 shape_of(const PlannedStmt *plan) {
	uint32 hash = 0;
	for_each_root(plan, [&hash](const Plan *root) { hash = hash_combine(hash, hash_of(root)); });
	return hash;
}

} // namespace pg_tenant::planning
