// EXPLAIN of a confined statement tells nothing of other tenants' rows. Its options are changed before it
// runs, since EXPLAIN EXECUTE passes no hook of its own, and the counters of what it ran before it shows
// them.
#include "hooks/hooks.hpp"

#include "context/frame.hpp"
#include "context/settings.hpp"
#include "isolation/explain.hpp"
#include "pg/scoped.hpp"
#include "planning/occasion.hpp"

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

void forget_explained_counts(const QueryDesc *query) {
	if (is_hiding && query->instrument_options != 0)
		isolation::forget_counts(query);
}

} // namespace pg_tenant::hooks
