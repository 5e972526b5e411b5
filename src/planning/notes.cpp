#include "planning/notes.hpp"

#include "isolation/confine.hpp"

extern "C" {
#include "nodes/parsenodes.h"
#include "nodes/value.h"
}

namespace pg_tenant::planning {
namespace {

enum Part { kTenant, kPatterns };

// An entry of a table has no values of its own.
RangeTblEntry *carrier(const PlannedStmt *plan) {
	ListCell *cell;
	foreach (cell, plan->rtable) {
		auto *entry = lfirst_node(RangeTblEntry, cell);
		if (isolation::is_confined(entry))
			return entry;
	}
	return nullptr;
}

List *part_of(const PlannedStmt *plan, Part part) {
	const RangeTblEntry *entry = carrier(plan);
	return entry == nullptr || entry->values_lists == NIL
			   ? NIL
			   : static_cast<List *>(list_nth(entry->values_lists, part));
}

} // namespace

void put_notes(PlannedStmt *plan, const Notes &notes) {
	if (notes.tenant == nullptr && notes.patterns == NIL)
		return;
	Node *tenant =
		notes.tenant == nullptr ? nullptr : reinterpret_cast<Node *>(makeString(pstrdup(notes.tenant)));
	carrier(plan)->values_lists = list_make2(tenant, notes.patterns);
}

const char *tenant_of_plan(const PlannedStmt *plan) {
	auto *tenant = reinterpret_cast<Node *>(part_of(plan, kTenant));
	return tenant == nullptr ? nullptr : strVal(tenant);
}

List *patterns_of_plan(const PlannedStmt *plan) { return part_of(plan, kPatterns); }

} // namespace pg_tenant::planning
