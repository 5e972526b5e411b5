#include "planning/expressions.hpp"

#include "planning/patterns.hpp"
#include "planning/trust.hpp"

extern "C" {
#include "access/transam.h"
#include "nodes/nodeFuncs.h"
#include "nodes/primnodes.h"
#include "nodes/subscripting.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/typcache.h"
}

namespace pg_tenant::planning {
namespace {

struct Patterns {
	ParamListInfo parameters;
	List **to_check;
};

// NULL if the call is trusted.
const char *distrusted_call(Oid function, Oid collation, List *arguments, const Patterns *patterns) {
	const Trust trust = trust_of(function, collation, arguments);
	if (trust == Trust::kAlways)
		return nullptr;
	if (trust != Trust::kNever && patterns != nullptr && list_length(arguments) == 2 &&
		is_valid_pattern(static_cast<Node *>(lsecond(arguments)), trust, collation, patterns->parameters,
						 patterns->to_check))
		return nullptr;
	return psprintf("function %s", format_procedure(function));
}

// The planner may put an operator's negator or commutator in its place. Anybody can declare those of an
// operator of his own; those of the server are as trusted as it is, which a test sees to, unless somebody
// distrusts one.
const char *distrusted_operator(Oid operation, Oid collation, List *arguments, const Patterns *patterns) {
	const char *culprit = distrusted_call(get_opcode(operation), collation, arguments, patterns);
	if (culprit != nullptr || (operation < FirstNormalObjectId && !is_any_distrusted()))
		return culprit;
	const Oid negator = get_negator(operation);
	if (OidIsValid(negator))
		culprit = distrusted_call(get_opcode(negator), collation, arguments, patterns);
	List *swapped = list_length(arguments) == 2 ? list_make2(lsecond(arguments), linitial(arguments)) : NIL;
	const Oid commutators[] = {get_commutator(operation),
							   OidIsValid(negator) ? get_commutator(negator) : InvalidOid};
	for (const Oid commutator : commutators) {
		if (culprit == nullptr && OidIsValid(commutator))
			culprit = distrusted_call(get_opcode(commutator), collation, swapped, nullptr);
	}
	return culprit;
}

const char *distrusted_operation(const OpExpr *call, const Patterns *patterns) {
	return distrusted_operator(call->opno, call->inputcollid, call->args, patterns);
}

bool is_distrusted_function(Oid function, void *culprit) {
	const char *found = distrusted_call(function, InvalidOid, NIL, nullptr);
	*static_cast<const char **>(culprit) = found;
	return found != nullptr;
}

// Of nodes that the server can list the functions of.
const char *distrusted_functions(Node *node) {
	const char *culprit = nullptr;
	(void)check_functions_in_node(node, is_distrusted_function, &culprit);
	return culprit;
}

const char *distrusted_row_comparison(const RowCompareExpr *comparison) {
	ListCell *operation;
	ListCell *collation;
	ListCell *left;
	ListCell *right;
	forfour(operation, comparison->opnos, collation, comparison->inputcollids, left, comparison->largs, right,
			comparison->rargs) {
		const char *culprit = distrusted_operator(lfirst_oid(operation), lfirst_oid(collation),
												  list_make2(lfirst(left), lfirst(right)), nullptr);
		if (culprit != nullptr)
			return culprit;
	}
	return nullptr;
}

const char *distrusted_choice(const MinMaxExpr *choice) {
	const TypeCacheEntry *type = lookup_type_cache(choice->minmaxtype, TYPECACHE_CMP_PROC);
	return OidIsValid(type->cmp_proc)
			   ? distrusted_call(type->cmp_proc, choice->inputcollid, choice->args, nullptr)
			   : "a type without an order";
}

const char *distrusted_subscript(const SubscriptingRef *reference) {
	const SubscriptRoutines *routines = getSubscriptingRoutines(reference->refcontainertype, nullptr);
	return routines != nullptr && reference->refassgnexpr == nullptr && routines->fetch_leakproof
			   ? nullptr
			   : "a subscript";
}

// Only a change of the element's type that changes no element.
const char *distrusted_array_cast(const ArrayCoerceExpr *cast) {
	const auto *element = reinterpret_cast<const Node *>(cast->elemexpr);
	if (IsA(element, RelabelType))
		element = reinterpret_cast<const Node *>(reinterpret_cast<const RelabelType *>(element)->arg);
	return IsA(element, CaseTestExpr) ? nullptr : "a cast of an array";
}

} // namespace

const char *distrusted(Node *node, ParamListInfo parameters, List **patterns) {
	const Patterns context = {parameters, patterns};
	switch (nodeTag(node)) {
	case T_Var:
	case T_Const:
	case T_Param:
	case T_Aggref:
	case T_GroupingFunc:
	case T_WindowFunc:
	case T_ArrayExpr:
	case T_FieldSelect:
	case T_NamedArgExpr:
	case T_BoolExpr:
	case T_RelabelType:
	case T_CollateExpr:
	case T_CaseExpr:
	case T_CaseWhen:
	case T_CaseTestExpr:
	case T_CoalesceExpr:
	case T_RowExpr:
	case T_SQLValueFunction:
	case T_NullTest:
	case T_BooleanTest:
	case T_SubLink:
	case T_Query:
	case T_List:
	case T_FromExpr:
	case T_JoinExpr:
	case T_RangeTblRef:
	case T_RangeTblFunction:
	case T_TargetEntry:
		return nullptr;
	case T_FuncExpr: {
		auto *call = reinterpret_cast<const FuncExpr *>(node);
		return distrusted_call(call->funcid, call->inputcollid, call->args, &context);
	}
	case T_OpExpr:
		return distrusted_operation(reinterpret_cast<const OpExpr *>(node), &context);
	case T_DistinctExpr:
	case T_NullIfExpr: // both are an OpExpr by another tag
		return distrusted_operation(reinterpret_cast<const OpExpr *>(node), nullptr);
	case T_ScalarArrayOpExpr: {
		auto *call = reinterpret_cast<const ScalarArrayOpExpr *>(node);
		return distrusted_operator(call->opno, call->inputcollid, call->args, nullptr);
	}
	case T_RowCompareExpr:
		return distrusted_row_comparison(reinterpret_cast<const RowCompareExpr *>(node));
	case T_MinMaxExpr:
		return distrusted_choice(reinterpret_cast<const MinMaxExpr *>(node));
	case T_SubscriptingRef:
		return distrusted_subscript(reinterpret_cast<const SubscriptingRef *>(node));
	case T_CoerceViaIO:
		return distrusted_functions(node);
	case T_ArrayCoerceExpr:
		return distrusted_array_cast(reinterpret_cast<const ArrayCoerceExpr *>(node));
	case T_CoerceToDomain:
		return "a cast to a domain";
	default:
		return "an expression of a kind that is not trusted";
	}
}

bool hides_value(const Node *node) {
	return IsA(node, CaseExpr) && reinterpret_cast<const CaseExpr *>(node)->arg != nullptr;
}

} // namespace pg_tenant::planning
