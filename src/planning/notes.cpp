#include "planning/notes.hpp"

#include "context/settings.hpp"
#include "pg/privileges.hpp"
#include "pg/range_table.hpp"

extern "C" {
#include "nodes/value.h"
}

namespace pg_tenant::planning {

using isolation::Sight;

namespace {

enum Part { kTenant, kPatterns, kSight, kIsHard, kOfAll, kOfDead, kParts };

// An entry of a relation has no values of its own.
RangeTblEntry *carrier(const PlannedStmt *plan) {
	return pg::find_entry(plan->rtable,
						  [](const RangeTblEntry *entry) { return entry->rtekind == RTE_RELATION; });
}

void put(PlannedStmt *plan, Part part, void *note) {
	List *&notes = carrier(plan)->values_lists;
	while (list_length(notes) < kParts)
		notes = lappend(notes, nullptr);
	lfirst(list_nth_cell(notes, part)) = note;
}

// NULL if there is none.
Node *part_of(const PlannedStmt *plan, Part part) {
	const RangeTblEntry *entry = carrier(plan);
	return entry == nullptr || entry->values_lists == NIL
			   ? nullptr
			   : static_cast<Node *>(list_nth(entry->values_lists, part));
}

// The plan cache locks the relations that a plan names, and drops the plan when they change.
void name_relations_of(PlannedStmt *plan, const PlannedStmt *other) {
	ListCell *cell;
	foreach (cell, other->rtable) {
		auto *entry = lfirst_node(RangeTblEntry, cell);
		const auto is_same = [entry](const RangeTblEntry *known) {
			return known->rtekind == RTE_RELATION && known->relid == entry->relid;
		};
		if (entry->rtekind != RTE_RELATION || pg::find_entry(plan->rtable, is_same) != nullptr)
			continue;
		auto *spare = static_cast<RangeTblEntry *>(copyObjectImpl(entry));
		pg::ask_nothing(spare);
		plan->rtable = lappend(plan->rtable, spare);
	}
	plan->relationOids = list_concat_unique_oid(plan->relationOids, other->relationOids);
	plan->invalItems = list_concat(plan->invalItems, other->invalItems);
}

void put_other(PlannedStmt *plan, Part part, PlannedStmt *other) {
	if (other == nullptr)
		return;
	put(plan, part, other);
	name_relations_of(plan, other);
}

[[noreturn]] void refuse_plan() {
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("this statement was planned before it was said what is to become of deleted rows"),
			 errdetail("app.include_deleted or the kind of deletion was changed after it was planned."),
			 errhint("Run the statement again. A function in SQL, which is planned as a whole, has it in its "
					 "clause SET.")));
}

} // namespace

void put_notes(PlannedStmt *plan, const Notes &notes) {
	if (notes.tenant != nullptr)
		put(plan, kTenant, makeString(pstrdup(notes.tenant)));
	if (notes.patterns != NIL)
		put(plan, kPatterns, notes.patterns);
}

const char *tenant_of_plan(const PlannedStmt *plan) {
	Node *tenant = part_of(plan, kTenant);
	return tenant == nullptr ? nullptr : strVal(tenant);
}

List *patterns_of_plan(const PlannedStmt *plan) { return reinterpret_cast<List *>(part_of(plan, kPatterns)); }

void put_sight(PlannedStmt *plan, Sight sight, PlannedStmt *of_all, PlannedStmt *of_dead) {
	// Constraints may have left nothing of them to be read.
	if (!isolation::meets_deleted(plan))
		return;
	put(plan, kSight, makeInteger(static_cast<int>(sight)));
	put(plan, kIsHard, makeBoolean(context::hard_delete));
	put_other(plan, kOfAll, of_all);
	put_other(plan, kOfDead, of_dead);
}

PlannedStmt *plan_for_sight(PlannedStmt *plan) {
	Node *sight = part_of(plan, kSight);
	if (sight == nullptr || boolVal(part_of(plan, kIsHard)) != context::hard_delete)
		refuse_plan();
	const Sight wanted = isolation::wanted_sight();
	if (intVal(sight) == static_cast<int>(wanted))
		return plan;
	Node *other = wanted == Sight::kLive ? nullptr : part_of(plan, wanted == Sight::kAll ? kOfAll : kOfDead);
	if (other == nullptr)
		refuse_plan();
	return castNode(PlannedStmt, other);
}

} // namespace pg_tenant::planning
