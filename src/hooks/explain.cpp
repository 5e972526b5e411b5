// EXPLAIN of a confined statement tells nothing of other tenants' rows. Its options are changed before it
// runs, since EXPLAIN EXECUTE passes no hook of its own, and the counters of what it ran before it shows
// them.
#include "hooks/hooks.hpp"

#include "context/frame.hpp"
#include "context/settings.hpp"
#include "isolation/explain.hpp"
#include "pg/scoped.hpp"
#include "isolation/confine.hpp"
#include "planning/move.hpp"
#include "planning/occasion.hpp"

extern "C" {
#include "parser/parsetree.h"
}

namespace pg_tenant::hooks {
namespace {

// While such an EXPLAIN runs. What its queries call may be counted for another library's log: that it forgets
// too.
bool is_hiding = false;

void explain_confined(UtilityCall *call) {
	PlannedStmt *hiding = context::hide_estimates ? isolation::confined_explain(call->statement) : nullptr;
	if (hiding == nullptr) {
		call->run();
		return;
	}
	call->statement = hiding;
	pg::with_value(&is_hiding, true, [&] { call->run(); });
}

} // namespace

void run_explain(UtilityCall *call) {
	auto *explain = reinterpret_cast<const ExplainStmt *>(call->statement->utilityStmt);
	const bool is_query = castNode(Query, explain->query)->commandType != CMD_UTILITY;
	pg::with_value(&planning::is_explained, is_query, [call] { explain_confined(call); });
}

const char *describe_filter(const Plan *plan, const List *range_table) {
	const Index index = isolation::scanned_relation(plan);
	if (index == 0)
		return nullptr;
	const RangeTblEntry *entry = rt_fetch(index, range_table);
	planning::Tier tier;
	const char *culprit;
	if (!isolation::is_confined(entry) || !planning::read_note(entry, &tier, &culprit))
		return nullptr;
	return culprit == nullptr ? planning::name_of(tier)
							  : psprintf("%s, kept by %s", planning::name_of(tier), culprit);
}

void forget_explained_counts(const QueryDesc *query) {
	if (is_hiding && query->instrument_options != 0)
		isolation::forget_counts(query);
}

} // namespace pg_tenant::hooks
