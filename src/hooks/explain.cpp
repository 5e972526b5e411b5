// EXPLAIN of a confined statement tells nothing of other tenants' rows. Its options are changed before it
// runs, since EXPLAIN EXECUTE passes no hook of its own, and the counters of what it ran before it shows
// them.
#include "hooks/hooks.hpp"

#include "context/frame.hpp"
#include "context/settings.hpp"
#include "isolation/explain.hpp"
#include "pg/scoped.hpp"

namespace pg_tenant::hooks {
namespace {

// While such an EXPLAIN runs. What its queries call may be counted for another library's log: that it forgets
// too.
bool is_hiding = false;

} // namespace

void run_explain(UtilityCall *call) {
	PlannedStmt *hiding = context::hide_estimates ? isolation::confined_explain(call->statement) : nullptr;
	if (hiding == nullptr) {
		call->run();
		return;
	}
	call->statement = hiding;
	pg::with_value(&is_hiding, true, [&] { call->run(); });
}

void forget_explained_counts(const QueryDesc *query) {
	if (is_hiding && query->instrument_options != 0)
		isolation::forget_counts(query);
}

} // namespace pg_tenant::hooks
