#include "planning/notes.hpp"

#include <cstring>

extern "C" {
#include "nodes/makefuncs.h"
#include "nodes/parsenodes.h"
}

namespace pg_tenant::planning {
namespace {

constexpr char kName[] = "pg_tenant notes";

enum Part { kTenant, kPatterns };

Node *text_node(const char *text) {
	return text == nullptr ? nullptr : reinterpret_cast<Node *>(makeString(pstrdup(text)));
}

List *part_of(const PlannedStmt *plan, Part part) {
	if (plan->rtable == NIL)
		return NIL;
	auto *entry = static_cast<RangeTblEntry *>(llast(plan->rtable));
	if (entry->rtekind != RTE_RESULT || entry->ctename == nullptr || strcmp(entry->ctename, kName) != 0)
		return NIL;
	return static_cast<List *>(list_nth(entry->values_lists, part));
}

} // namespace

void put_notes(PlannedStmt *plan, const Notes &notes) {
	RangeTblEntry *entry = makeNode(RangeTblEntry);
	entry->rtekind = RTE_RESULT;
	entry->ctename = pstrdup(kName);
	entry->eref = makeAlias(kName, NIL);
	entry->values_lists = list_make2(text_node(notes.tenant), notes.patterns);
	plan->rtable = lappend(plan->rtable, entry);
}

const char *tenant_of_plan(const PlannedStmt *plan) {
	auto *tenant = reinterpret_cast<Node *>(part_of(plan, kTenant));
	return tenant == nullptr ? nullptr : strVal(tenant);
}

List *patterns_of_plan(const PlannedStmt *plan) { return part_of(plan, kPatterns); }

} // namespace pg_tenant::planning
