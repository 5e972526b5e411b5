#include "planning/patterns.hpp"

#include <cstring>

#include "pg/scoped.hpp"

extern "C" {
#include "catalog/pg_type_d.h"
#include "mb/pg_wchar.h"
#include "nodes/makefuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
}

namespace pg_tenant::planning {
namespace {

// Stored as text is, varchar and citext too. A character(n) is not: it loses its spaces on its way.
bool is_text(Oid type) { return IsBinaryCoercible(type, TEXTOID); }

// As the server's matcher takes it: a backslash quotes the character after it, in every encoding that a
// server can have a byte that is no part of another character.
bool ends_in_escape(const text *pattern) {
	const char *bytes = VARDATA_ANY(pattern);
	int escapes = 0;
	for (auto at = static_cast<int>(VARSIZE_ANY_EXHDR(pattern)) - 1; at >= 0 && bytes[at] == '\\'; at--)
		escapes++;
	return escapes % 2 == 1;
}

// The server compiles it to match the empty string, or raises.
void require_regex(Datum pattern, Oid collation) {
	(void)DirectFunctionCall2Coll(textregexeq, collation, PointerGetDatum(cstring_to_text("")), pattern);
}

void require_valid(Datum pattern, Trust kind, Oid collation) {
	if (kind == Trust::kRegexPattern)
		require_regex(pattern, collation);
	else if (ends_in_escape(DatumGetTextPP(pattern)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_ESCAPE_SEQUENCE),
						errmsg("LIKE pattern must not end with escape character")));
}

// A regular expression that does not compile raises here already, whatever rows there are.
bool is_valid(const Const *pattern, Trust kind, Oid collation) {
	if (pattern->constisnull)
		return true;
	if (!is_text(pattern->consttype))
		return false;
	if (kind == Trust::kRegexPattern)
		require_regex(pattern->constvalue, collation);
	else
		return !ends_in_escape(DatumGetTextPP(pattern->constvalue));
	return true;
}

// The parameter's value if the plan is made for it, else NULL.
Const *bound_value(const Param *parameter, ParamListInfo parameters) {
	if (parameters == nullptr || parameter->paramid <= 0 || parameter->paramid > parameters->numParams)
		return nullptr;
	ParamExternData space;
	const ParamExternData *value = parameters->paramFetch != nullptr
									   ? parameters->paramFetch(parameters, parameter->paramid, true, &space)
									   : &parameters->params[parameter->paramid - 1];
	if ((value->pflags & PARAM_FLAG_CONST) == 0 || value->ptype != parameter->paramtype)
		return nullptr;
	return makeConst(value->ptype, -1, InvalidOid, -1, value->value, value->isnull, false);
}

Node *stripped(Node *node) {
	while (IsA(node, RelabelType))
		node = reinterpret_cast<Node *>(reinterpret_cast<RelabelType *>(node)->arg);
	return node;
}

} // namespace

bool is_valid_pattern(Node *pattern, Trust kind, Oid collation, ParamListInfo parameters, List **to_check) {
	pattern = stripped(pattern);
	if (IsA(pattern, Param) && reinterpret_cast<Param *>(pattern)->paramkind == PARAM_EXTERN) {
		auto *parameter = reinterpret_cast<Param *>(pattern);
		if (!is_text(parameter->paramtype))
			return false;
		const Const *value = bound_value(parameter, parameters);
		if (value != nullptr) {
			// As at the start of a plan for any value: an invalid one must not begin to fail with the sixth
			// call.
			if (!value->constisnull)
				require_valid(value->constvalue, kind, collation);
			return true;
		}
		*to_check = list_append_unique(*to_check, list_make3_int(parameter->paramid, static_cast<int>(kind),
																 static_cast<int>(collation)));
		return true;
	}
	if (!IsA(pattern, Const)) {
		if (contain_var_clause(pattern) || contain_mutable_functions(pattern) || contain_subplans(pattern))
			return false;
		pattern = stripped(eval_const_expressions(nullptr, pattern));
	}
	return IsA(pattern, Const) && is_valid(reinterpret_cast<Const *>(pattern), kind, collation);
}

void require_valid_patterns(const List *to_check, ParamListInfo parameters) {
	ListCell *cell;
	foreach (cell, to_check) {
		auto *check = static_cast<const List *>(lfirst(cell));
		const int number = linitial_int(check);
		if (parameters == nullptr || number > parameters->numParams)
			continue; // The executor says what is wrong with it.
		ParamExternData space;
		const ParamExternData *value = parameters->paramFetch != nullptr
										   ? parameters->paramFetch(parameters, number, false, &space)
										   : &parameters->params[number - 1];
		if (!value->isnull && is_text(value->ptype))
			require_valid(value->value, static_cast<Trust>(lsecond_int(check)),
						  static_cast<Oid>(lthird_int(check)));
	}
}

} // namespace pg_tenant::planning
