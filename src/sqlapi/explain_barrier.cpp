// tenant.explain_barrier
#include "pg/error.hpp"

#include "isolation/confine.hpp"
#include "pg/compat.hpp"
#include "planning/move.hpp"
#include "sqlapi/arguments.hpp"

extern "C" {
#include "funcapi.h"
#include "nodes/pathnodes.h"
#include "parser/parsetree.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"
}

namespace isolation = pg_tenant::isolation;
namespace planning = pg_tenant::planning;
namespace sqlapi = pg_tenant::sqlapi;

namespace {

// The plan that the query would have if it could be used again.
PlannedStmt *plan_of(const char *text) {
	List *statements = pg_parse_query(text);
	if (list_length(statements) != 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("expected one query")));
	Oid *types = nullptr;
	int count = 0;
	List *queries =
		pg_analyze_and_rewrite_varparams(linitial_node(RawStmt, statements), text, &types, &count, nullptr);
	if (list_length(queries) != 1 || linitial_node(Query, queries)->commandType == CMD_UTILITY)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("expected one query"),
						errdetail("SELECT, INSERT, UPDATE, DELETE and MERGE have a plan.")));
	return pg_plan_query(linitial_node(Query, queries), text, CURSOR_OPT_PARALLEL_OK, nullptr);
}

// A partition or child is filtered as its parent is; an arm of UNION ALL is not.
bool is_part(const PlannedStmt *plan, Index index) {
	ListCell *cell;
	foreach (cell, plan->appendRelations) {
		auto *part = lfirst_node(AppendRelInfo, cell);
		if (part->child_relid == index && rt_fetch(part->parent_relid, plan->rtable)->rtekind == RTE_RELATION)
			return true;
	}
	return false;
}

} // namespace

PG_TENANT_FUNCTION(pg_tenant_explain_barrier) {
	const char *query = sqlapi::required_text(fcinfo, 0, "query");
	InitMaterializedSRF(fcinfo, 0);
	auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
	const PlannedStmt *plan = plan_of(query);
	Index index = 0;
	ListCell *cell;
	foreach (cell, plan->rtable) {
		auto *entry = lfirst_node(RangeTblEntry, cell);
		index++;
		planning::Tier tier;
		const char *culprit;
		if (!isolation::is_confined(entry) || is_part(plan, index) ||
			!planning::read_note(entry, &tier, &culprit))
			continue;
		Datum values[] = {CStringGetTextDatum(entry->eref->aliasname),
						  CStringGetTextDatum(planning::name_of(tier)),
						  culprit == nullptr ? Datum(0) : CStringGetTextDatum(culprit)};
		bool nulls[] = {false, false, culprit == nullptr};
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return Datum(0);
}
