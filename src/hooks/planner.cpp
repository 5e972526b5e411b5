// Planning confines what policies do not reach.
#include "hooks/hooks.hpp"

#include "context/frame.hpp"
#include "context/settings.hpp"
#include "hooks/integrity.hpp"
#include "isolation/confine.hpp"
#include "isolation/foreign.hpp"
#include "isolation/explain.hpp"
#include "pg/scoped.hpp"

namespace pg_tenant::hooks {
namespace {

// While it is set, no function is put in its caller's place.
bool inlining_forbidden = false;

// The body of a function that is inlined was rewritten for the present role: for one that bypasses policies
// it is not filtered. Then the query is planned again, and the function runs as a query of its own.
PlannedStmt *plan_confined(Query *query, const char *text, int options, ParamListInfo parameters) {
	const bool calls_function = isolation::confine_query(query);
	auto *spare = calls_function ? static_cast<Query *>(copyObjectImpl(query)) : nullptr;
	PlannedStmt *result = previous.planner(query, text, options, parameters);
	if (isolation::confirm_plan(result))
		return result;
	if (spare != nullptr)
		pg::with_value(&inlining_forbidden, true,
					   [&] { result = previous.planner(spare, text, options, parameters); });
	if (!isolation::confirm_plan(result))
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("cannot confine this statement to one tenant")));
	return result;
}

PlannedStmt *plan_for_role(Query *query, const char *text, int options, ParamListInfo parameters) {
	if (InNoForceRLSOperation()) {
		// A referential-integrity query sees all rows. But planning evaluates functions, a cast or an index
		// expression of anybody's, and what those run must not run with policies off.
		PlannedStmt *result = nullptr;
		if (!IsBinaryUpgrade && !may_see_all_tenants())
			isolation::confine_cascade(query);
		with_policies_on([&] { result = previous.planner(query, text, options, parameters); });
		return result;
	}
	if (IsBinaryUpgrade || context::all_tenants_granted || may_see_all_tenants())
		return previous.planner(query, text, options, parameters);
	return plan_confined(query, text, options, parameters);
}

} // namespace

bool forbids_inlining(Oid function) {
	return inlining_forbidden ||
		   (previous.needs_function_hook != nullptr && previous.needs_function_hook(function));
}

PlannedStmt *plan(Query *query, const char *text, int options, ParamListInfo parameters) {
	PlannedStmt *result = plan_for_role(query, text, options, parameters);
	if (context::hide_estimates && !may_see_all_tenants())
		isolation::require_unprinted(result);
	return result;
}

void relation_planned(PlannerInfo *root, Oid table, bool is_parent, RelOptInfo *relation) {
	if (previous.relation_info != nullptr)
		previous.relation_info(root, table, is_parent, relation);
	if (relation->fdwroutine != nullptr && isolation::is_confined(root->simple_rte_array[relation->relid]))
		isolation::keep_conditions_here(relation);
}

} // namespace pg_tenant::hooks
