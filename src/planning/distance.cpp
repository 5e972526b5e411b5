#include "planning/distance.hpp"

#include "isolation/confine.hpp"
#include "planning/proof.hpp"

extern "C" {
#include "optimizer/pathnode.h"
}

namespace pg_tenant::planning {
namespace {

bool is_leaky(const Path *path) {
	if (!IsA(path, IndexPath))
		return false;
	ListCell *cell;
	foreach (cell, reinterpret_cast<const IndexPath *>(path)->indexorderbys) {
		List *patterns = NIL;
		if (!is_trusted_expression(static_cast<Node *>(lfirst(cell)), nullptr, &patterns))
			return true;
	}
	return false;
}

List *without_leaky(List *paths) {
	ListCell *cell;
	foreach (cell, paths) {
		if (is_leaky(static_cast<const Path *>(lfirst(cell))))
			paths = foreach_delete_current(paths, cell);
	}
	return paths;
}

} // namespace

void drop_leaky_orders(PlannerInfo *root, RelOptInfo *relation, RangeTblEntry *entry) {
	if (entry->rtekind != RTE_RELATION || entry->inh || !isolation::is_confined(entry))
		return;
	relation->pathlist = without_leaky(relation->pathlist);
	relation->partial_pathlist = without_leaky(relation->partial_pathlist);
	if (relation->pathlist == NIL)
		add_path(relation, create_seqscan_path(root, relation, relation->lateral_relids, 0));
}

} // namespace pg_tenant::planning
