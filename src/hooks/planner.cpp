// Planning confines what policies do not reach.
#include "hooks/hooks.hpp"

#include "context/frame.hpp"
#include "context/settings.hpp"
#include "hooks/integrity.hpp"
#include "isolation/confine.hpp"
#include "isolation/foreign.hpp"
#include "isolation/explain.hpp"
#include "pg/scoped.hpp"
#include "planning/btree.hpp"
#include "planning/checks.hpp"
#include "planning/distance.hpp"
#include "planning/estimates.hpp"
#include "planning/move.hpp"
#include "planning/notes.hpp"
#include "planning/occasion.hpp"
#include "planning/order.hpp"
#include "planning/skew.hpp"

namespace pg_tenant::hooks {
namespace {

// While it is set, no function is put in its caller's place.
bool inlining_forbidden = false;

struct Occasion {
	const char *text;
	int options;
	ParamListInfo parameters;
	const core::TenantId *tenant; // of a plan of one use, else NULL
};

// Plans a query whose relations are confined, the filters as far down as the proof lets them move. Returns
// NULL if a function was inlined that brought unconfined relations.
PlannedStmt *plan_fast(Query *query, const Occasion &occasion) {
	planning::Proof proof = planning::prove(query, occasion.parameters);
	proof.is_for_any_tenant = occasion.tenant == nullptr && planning::has_parameters(query);
	planning::move_filters(&proof, occasion.tenant, occasion.parameters);
	PlannedStmt *result = nullptr;
	pg::with_value(&planning::present_proof, static_cast<const planning::Proof *>(&proof), [&] {
		result = previous.planner(query, occasion.text, occasion.options, occasion.parameters);
	});
	if (!isolation::confirm_plan(result))
		return nullptr;
	if (isolation::holds_confined(result)) {
		planning::order_scans(result, occasion.tenant);
		planning::put_notes(result,
							{occasion.tenant == nullptr ? nullptr : occasion.tenant->text, proof.patterns});
		if (occasion.tenant == nullptr && !proof.is_for_any_tenant)
			planning::note_reusable_plan(result, occasion.text);
	}
	return result;
}

// The body of a function that is inlined was rewritten for the present role: for one that bypasses policies
// it is not filtered. Then the query is planned again, and the function runs as a query of its own.
PlannedStmt *plan_confined(Query *query, const Occasion &occasion) {
	const bool calls_function = isolation::confine_query(query);
	planning::drop_needless_checks(query, occasion.tenant, occasion.parameters);
	auto *spare = calls_function ? static_cast<Query *>(copyObjectImpl(query)) : nullptr;
	PlannedStmt *result = plan_fast(query, occasion);
	if (result == nullptr && spare != nullptr)
		pg::with_value(&inlining_forbidden, true, [&] { result = plan_fast(spare, occasion); });
	if (result == nullptr)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("cannot confine this statement to one tenant")));
	return result;
}

PlannedStmt *plan_for_role(Query *query, const char *text, int options, ParamListInfo parameters) {
	const core::TenantId *tenant = planning::tenant_of_one_use(query, text, parameters);
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
	// Planning may run a function that sets another tenant: such a plan is refused when it starts.
	core::TenantId present;
	if (tenant != nullptr)
		present = *tenant;
	return plan_confined(query, {text, options, parameters, tenant == nullptr ? nullptr : &present});
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

void query_analyzed(ParseState *state, Query *query, JumbleState *jumble) {
	if (previous.query_analyzed != nullptr)
		previous.query_analyzed(state, query, jumble);
	planning::note_analyzed(query, state->p_sourcetext);
}

void relation_planned(PlannerInfo *root, Oid table, bool is_parent, RelOptInfo *relation) {
	if (previous.relation_info != nullptr)
		previous.relation_info(root, table, is_parent, relation);
	if (planning::came_unfiltered(root, root->simple_rte_array[relation->relid])) {
		relation->indexlist = NIL;
		relation->statlist = NIL;
	}
	if (relation->fdwroutine != nullptr && isolation::is_confined(root->simple_rte_array[relation->relid]))
		isolation::keep_conditions_here(relation);
}

bool statistics_wanted(PlannerInfo *root, RangeTblEntry *entry, AttrNumber column,
					   VariableStatData *statistics) {
	if (previous.statistics != nullptr && previous.statistics(root, entry, column, statistics))
		return true;
	return planning::find_statistics(root, entry, column, statistics);
}

void paths_found(PlannerInfo *root, RelOptInfo *relation, Index index, RangeTblEntry *entry) {
	if (previous.relation_paths != nullptr)
		previous.relation_paths(root, relation, index, entry);
	planning::add_tenant_index_paths(root, relation, index, entry);
	planning::drop_leaky_orders(root, relation, entry);
}

} // namespace pg_tenant::hooks
