// Planning confines what policies do not reach.
#include "hooks/hooks.hpp"

#include "context/frame.hpp"
#include "context/settings.hpp"
#include "hooks/integrity.hpp"
#include "hooks/rules.hpp"
#include "isolation/confine.hpp"
#include "isolation/foreign.hpp"
#include "isolation/explain.hpp"
#include "limits/statement.hpp"
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
#include "stats/session.hpp"

namespace pg_tenant::hooks {
namespace {

// While it is set, no function is put in its caller's place.
bool inlining_forbidden = false;

struct Occasion {
	const char *text;
	int options;
	ParamListInfo parameters;
	bool is_confined;
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
	if (!isolation::hides_deleted(result) || !isolation::confirm_plan(result))
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

PlannedStmt *plan_prepared(Query *query, const Occasion &occasion) {
	if (occasion.is_confined)
		return plan_fast(query, occasion);
	PlannedStmt *result = previous.planner(query, occasion.text, occasion.options, occasion.parameters);
	return isolation::hides_deleted(result) ? result : nullptr;
}

// The body of a function that is inlined was rewritten for the present role: for one that bypasses policies
// it is not filtered, and its deleted rows are not hidden. Then the query is planned again, and the function
// runs as a query of its own.
PlannedStmt *plan_for_sight(Query *query, const Occasion &occasion, isolation::Sight sight) {
	const bool is_delete = query->commandType == CMD_DELETE;
	const bool calls_function = occasion.is_confined ? isolation::confine_query(query, sight)
													 : isolation::hide_deleted_rows(query, sight);
	if (occasion.is_confined)
		planning::drop_needless_checks(query, occasion.tenant, occasion.parameters);
	auto *spare = calls_function ? static_cast<Query *>(copyObjectImpl(query)) : nullptr;
	PlannedStmt *result = plan_prepared(query, occasion);
	if (result == nullptr && spare != nullptr)
		pg::with_value(&inlining_forbidden, true, [&] { result = plan_prepared(spare, occasion); });
	if (result == nullptr)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("cannot confine this statement to one tenant")));
	// It is by this that clients are told what was done.
	if (is_delete)
		result->commandType = CMD_DELETE;
	return result;
}

PlannedStmt *plan_copy_for_sight(const Query *query, const Occasion &occasion, isolation::Sight sight) {
	return plan_for_sight(static_cast<Query *>(copyObjectImpl(query)), occasion, sight);
}

// A plan that can be used again comes with those that show deleted rows, since conditions on them decide
// which indexes serve.
PlannedStmt *plan_reusable(Query *query, const Occasion &occasion) {
	if (!isolation::may_meet_deleted(query))
		return plan_for_sight(query, occasion, isolation::Sight::kLive);
	PlannedStmt *result = plan_copy_for_sight(query, occasion, isolation::Sight::kLive);
	Occasion other = occasion;
	// A cursor is told by the first of them whether it may go back.
	if (ExecSupportsBackwardScan(result->planTree))
		other.options |= CURSOR_OPT_SCROLL;
	PlannedStmt *of_all = plan_copy_for_sight(query, other, isolation::Sight::kAll);
	planning::put_sight(result, isolation::Sight::kLive, of_all,
						plan_for_sight(query, other, isolation::Sight::kDead));
	return result;
}

PlannedStmt *plan_once(Query *query, const Occasion &occasion) {
	const isolation::Sight sight = isolation::wanted_sight();
	PlannedStmt *result = plan_for_sight(query, occasion, sight);
	planning::put_sight(result, sight, nullptr, nullptr);
	return result;
}

// A referential-integrity query sees all rows. But planning evaluates functions, a cast or an index
// expression of anybody's, and what those run must not run with policies off.
PlannedStmt *plan_integrity_query(Query *query, const Occasion &occasion) {
	PlannedStmt *result = nullptr;
	if (!IsBinaryUpgrade) {
		if (!may_see_all_tenants()) {
			require_no_part_of_rule(query);
			if (!context::all_tenants_granted)
				isolation::confine_cascade(query);
		}
		isolation::hide_from_key_check(query);
		isolation::follow_cascade(query);
	}
	with_policies_on(
		[&] { result = previous.planner(query, occasion.text, occasion.options, occasion.parameters); });
	return result;
}

PlannedStmt *plan_for_role(Query *query, const char *text, int options, ParamListInfo parameters) {
	const bool is_for_one_use = planning::is_for_one_use(query, text, parameters);
	const bool is_confined = !may_see_all_tenants();
	const core::TenantId *tenant = is_for_one_use && is_confined ? context::live_tenant() : nullptr;
	// Planning may run a function that sets another tenant: such a plan is refused when it starts.
	core::TenantId present;
	if (tenant != nullptr)
		present = *tenant;
	const Occasion occasion = {text, options, parameters, is_confined,
							   tenant == nullptr ? nullptr : &present};
	const auto plan_confined = [&] {
		return is_for_one_use ? plan_once(query, occasion) : plan_reusable(query, occasion);
	};
	if (InNoForceRLSOperation()) {
		if (!is_of_rule(query) || IsBinaryUpgrade)
			return plan_integrity_query(query, occasion);
		PlannedStmt *result = nullptr;
		with_policies_on([&] { result = plan_confined(); });
		return result;
	}
	if (IsBinaryUpgrade || context::all_tenants_granted)
		return previous.planner(query, text, options, parameters);
	return plan_confined();
}

} // namespace

bool forbids_inlining(Oid function) {
	return inlining_forbidden ||
		   (previous.needs_function_hook != nullptr && previous.needs_function_hook(function));
}

PlannedStmt *plan(Query *query, const char *text, int options, ParamListInfo parameters) {
	stats::begin_tenant();
	PlannedStmt *result = nullptr;
	limits::run_planning(text, [&] { result = plan_for_role(query, text, options, parameters); });
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
