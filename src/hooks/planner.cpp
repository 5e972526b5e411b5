// Planning evaluates functions: a cast or an index expression of anybody's, and what those run. Under a
// referential-integrity query they must not run with policies off. Its own text was rewritten before.
#include "hooks/hooks.hpp"

namespace pg_tenant::hooks {

PlannedStmt *plan(Query *query, const char *text, int options, ParamListInfo parameters) {
	if (!InNoForceRLSOperation())
		return previous.planner(query, text, options, parameters);
	PlannedStmt *result = nullptr;
	with_policies_on([&] { result = previous.planner(query, text, options, parameters); });
	return result;
}

} // namespace pg_tenant::hooks
