#include "isolation/explain.hpp"

#include <cstring>

#include "isolation/confine.hpp"
#include "pg/error.hpp"
#include "pg/instrument.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "commands/prepare.h"
#include "executor/instrument.h"
#include "nodes/makefuncs.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteHandler.h"
#include "tcop/tcopprot.h"
#include "utils/guc.h"
}

namespace pg_tenant::isolation {
namespace {

bool may_show_protected(const Query *query);

bool may_show_protected(List *rewritten) {
	ListCell *cell;
	foreach (cell, rewritten) {
		auto *query = lfirst_node(Query, cell);
		if (query->commandType == CMD_UTILITY ? may_show_protected(query) : may_touch_protected(query))
			return true;
	}
	return false;
}

// As it is analyzed now. The plan cache brings that up to date for what returns rows; for others it does so
// later, so their text is looked at too.
bool may_show_protected(const ExecuteStmt *execute) {
	const PreparedStatement *prepared = FetchPreparedStatement(execute->name, false);
	if (prepared == nullptr || prepared->plansource->raw_parse_tree == nullptr)
		return false;
	CachedPlanSource *source = prepared->plansource;
	(void)CachedPlanGetTargetList(source, nullptr);
	if (may_show_protected(source->query_list))
		return true;
	if (source->resultDesc != nullptr)
		return false;
	auto *tree = static_cast<RawStmt *>(copyObjectImpl(source->raw_parse_tree));
	return may_show_protected(pg_analyze_and_rewrite_fixedparams(
		tree, source->query_string, source->param_types, source->num_params, nullptr));
}

// A query that is explained is analyzed, and not yet rewritten.
bool may_show_protected(const Query *query) {
	if (query->commandType != CMD_UTILITY)
		return may_show_protected(QueryRewrite(static_cast<Query *>(copyObjectImpl(query))));
	const Node *utility = query->utilityStmt;
	switch (nodeTag(utility)) {
	case T_CreateTableAsStmt:
		return may_show_protected(
			castNode(Query, reinterpret_cast<const CreateTableAsStmt *>(utility)->query));
	case T_DeclareCursorStmt:
		return may_show_protected(
			castNode(Query, reinterpret_cast<const DeclareCursorStmt *>(utility)->query));
	case T_ExecuteStmt:
		return may_show_protected(reinterpret_cast<const ExecuteStmt *>(utility));
	default:
		return false;
	}
}

DefElem *option_off(const char *name) {
	return makeDefElem(pstrdup(name), reinterpret_cast<Node *>(makeString(pstrdup("off"))), -1);
}

// The last of several options of a name holds. BUFFERS is on by itself from 18 on; MEMORY is not, and before
// 17 there is none to turn off.
List *hiding_options(List *options) {
	bool has_memory = false;
	ListCell *cell;
	foreach (cell, options)
		has_memory = has_memory || strcmp(lfirst_node(DefElem, cell)->defname, "memory") == 0;
	options = lappend(lappend(options, option_off("costs")), option_off("buffers"));
	return has_memory ? lappend(options, option_off("memory")) : options;
}

// Joins that another server or a provider makes have no relation of their own.
bool scans_protected(const Plan *plan, const List *range_table) {
	if (IsA(plan, ForeignScan) || IsA(plan, CustomScan)) {
		if (reinterpret_cast<const Scan *>(plan)->scanrelid == 0)
			return true;
	}
	const Index relation = scanned_relation(plan);
	return relation != 0 && registry::is_protected(rt_fetch(relation, range_table)->relid);
}

void forget(Instrumentation *counts, double loops) {
	if (counts == nullptr)
		return;
	// EXPLAIN would add the present loop.
	InstrEndLoop(counts);
	*counts = {};
	counts->nloops = loops;
}

// What an index finds is found for all tenants, and whether a second one was asked tells whether the first
// one found anything.
bool forget_bitmap(PlanState *state, void *loops) {
	forget(state->instrument, *static_cast<double *>(loops));
	for (int i = 0; state->worker_instrument != nullptr && i < state->worker_instrument->num_workers; i++)
		state->worker_instrument->instrument[i] = {};
	pg::forget_index_searches(state);
	return pg::walk_plan_state(state, forget_bitmap, loops);
}

// The rows that it gave passed the filter.
void forget_scan(PlanState *state) {
	Instrumentation *counts = state->instrument;
	if (counts == nullptr)
		return;
	InstrEndLoop(counts);
	counts->nfiltered1 = 0;
	counts->nfiltered2 = 0;
	counts->ntuples2 = 0;
	pg::forget_index_searches(state);
	if (IsA(state, BitmapHeapScanState)) {
		pg::forget_heap_blocks(reinterpret_cast<BitmapHeapScanState *>(state));
		(void)forget_bitmap(outerPlanState(state), &counts->nloops);
	}
}

// Hash tables are made as large as the estimates say.
void forget_hash(HashState *state) {
	if (state->hinstrument != nullptr)
		*state->hinstrument = {};
	for (int i = 0; state->shared_info != nullptr && i < state->shared_info->num_workers; i++)
		state->shared_info->hinstrument[i] = {};
}

void forget_hashed_groups(AggState *state) {
	state->hash_mem_peak = 0;
	for (int i = 0; state->shared_info != nullptr && i < state->shared_info->num_workers; i++)
		state->shared_info->sinstrument[i] = {};
}

bool forget_node(PlanState *state, void *range_table) {
	if (scans_protected(state->plan, static_cast<List *>(range_table)))
		forget_scan(state);
	else if (IsA(state, HashState))
		forget_hash(reinterpret_cast<HashState *>(state));
	else if (IsA(state, AggState))
		forget_hashed_groups(reinterpret_cast<AggState *>(state));
	return pg::walk_plan_state(state, forget_node, range_table);
}

} // namespace

Index scanned_relation(const Plan *plan) {
	switch (nodeTag(plan)) {
	case T_SeqScan:
	case T_SampleScan:
	case T_IndexScan:
	case T_IndexOnlyScan:
	case T_BitmapIndexScan:
	case T_BitmapHeapScan:
	case T_TidScan:
	case T_TidRangeScan:
	case T_ForeignScan:
	case T_CustomScan:
		return reinterpret_cast<const Scan *>(plan)->scanrelid;
	default:
		return 0;
	}
}

PlannedStmt *confined_explain(const PlannedStmt *statement) {
	const auto *explain = reinterpret_cast<const ExplainStmt *>(statement->utilityStmt);
	if (!may_show_protected(castNode(Query, explain->query)))
		return nullptr;
	auto *changed = static_cast<PlannedStmt *>(copyObjectImpl(statement));
	auto *copy = castNode(ExplainStmt, changed->utilityStmt);
	copy->options = hiding_options(copy->options);
	return changed;
}

void forget_counts(const QueryDesc *query) {
	(void)forget_node(query->planstate, query->plannedstmt->rtable);
}

void require_unprinted(const PlannedStmt *plan) {
	if (!Debug_print_plan || client_min_messages > LOG || !OidIsValid(registry::protected_use(plan).any))
		return;
	ereport(ERROR, (errcode(ERRCODE_TENANT_BOUNDARY),
					errmsg("debug_print_plan would show estimates made of other tenants' rows"),
					errhint("SET client_min_messages = notice;")));
}

} // namespace pg_tenant::isolation
