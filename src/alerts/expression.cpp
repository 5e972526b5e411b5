#include "alerts/expression.hpp"

#include <cstring>

#include "pg/query.hpp"
#include "pg/spi.hpp"

extern "C" {
#include "catalog/pg_type_d.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "nodes/value.h"
#include "parser/parser.h"
}

namespace pg_tenant::alerts {
namespace {

constexpr const char *kOperators[] = {"+", "-", "*", "/", "=", "<>", "<", ">", "<=", ">="};
constexpr const char *kFunctions[] = {"abs", "ceil", "floor", "round"};

// One name, without a schema.
template <size_t count> bool is_listed(const List *names, const char *const (&list)[count]) {
	if (list_length(names) != 1)
		return false;
	const char *name = strVal(linitial(names));
	for (const char *listed : list) {
		if (strcmp(name, listed) == 0)
			return true;
	}
	return false;
}

bool is_harmless_operator(const A_Expr *expression) {
	switch (expression->kind) {
	case AEXPR_OP:
		return is_listed(expression->name, kOperators);
	case AEXPR_DISTINCT:
	case AEXPR_NOT_DISTINCT:
	case AEXPR_NULLIF:
	case AEXPR_IN:
	case AEXPR_BETWEEN:
	case AEXPR_NOT_BETWEEN:
		return true;
	default:
		return false;
	}
}

bool is_plain_call(const FuncCall *call) {
	return is_listed(call->funcname, kFunctions) && call->agg_order == NIL && call->agg_filter == nullptr &&
		   call->over == nullptr && !call->agg_within_group && !call->agg_star && !call->agg_distinct &&
		   !call->func_variadic;
}

bool is_harmless(const Node *node) {
	switch (nodeTag(node)) {
	case T_List:
	case T_A_Const:
	case T_BoolExpr:
	case T_NullTest:
	case T_CaseExpr:
	case T_CaseWhen:
	case T_CoalesceExpr:
	case T_MinMaxExpr:
		return true;
	case T_ColumnRef: {
		const List *fields = reinterpret_cast<const ColumnRef *>(node)->fields;
		return list_length(fields) == 1 && IsA(linitial(fields), String);
	}
	case T_A_Expr:
		return is_harmless_operator(reinterpret_cast<const A_Expr *>(node));
	case T_FuncCall:
		return is_plain_call(reinterpret_cast<const FuncCall *>(node));
	default:
		return false;
	}
}

bool require_harmless_node(Node *node, void *) {
	if (node == nullptr)
		return false;
	check_stack_depth();
	if (!is_harmless(node))
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("expression of an alert rule is not plain arithmetic"),
			 errdetail("It may have columns of tenant.alert_windows, constants, + - * /, comparisons, AND, "
					   "OR, NOT, IN, BETWEEN, CASE, coalesce, nullif, greatest, least, abs, round, ceil "
					   "and floor."),
			 errhint("errors / nullif(calls, 0)")));
	return pg::walk_raw_expression(node, require_harmless_node, nullptr);
}

// The expression between parentheses, the second on a line of its own, since it may end with a comment.
const char *require_harmless(const char *text) {
	pg::require_expression(text);
	// What is one by itself has its parentheses in pairs; between two more, nothing can follow an expression.
	const char *expression = psprintf("(%s\n)", text);
	const List *statements = raw_parser(expression, RAW_PARSE_PLPGSQL_EXPR);
	const auto *select = castNode(SelectStmt, linitial_node(RawStmt, statements)->stmt);
	require_harmless_node(linitial_node(ResTarget, select->targetList)->val, nullptr);
	return expression;
}

} // namespace

Oid type_of(const char *expression) {
	pg::begin_sql();
	const int64 type =
		pg::query_number("SELECT pg_typeof(%s)::oid FROM (SELECT (NULL::tenant.alert_windows).*) w",
						 require_harmless(expression));
	pg::end_sql();
	return static_cast<Oid>(type);
}

void evaluate(const char *expression, Datum window, Tuplestorestate *values) {
	pg::begin_sql();
	const char *query =
		psprintf("SELECT tenant_id, %s::double precision FROM tenant.alert_windows w WHERE time_window = $1",
				 require_harmless(expression));
	Oid type = INTERVALOID;
	const int result = SPI_execute_with_args(query, 1, &type, &window, nullptr, true, 0);
	if (result != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_with_args failed: %s", SPI_result_code_string(result));
	for (uint64 i = 0; i < SPI_processed; i++)
		tuplestore_puttuple(values, SPI_tuptable->vals[i]);
	pg::end_sql();
}

} // namespace pg_tenant::alerts
