#include "planning/trust_list.hpp"

extern "C" {
#include "utils/jsonpath.h"
}

namespace pg_tenant::planning {
namespace {

bool is_harmless(JsonPathItem *item);

bool has_harmless_arguments(JsonPathItem *item) {
	JsonPathItem left;
	JsonPathItem right;
	jspGetLeftArg(item, &left);
	jspGetRightArg(item, &right);
	return is_harmless(&left) && is_harmless(&right);
}

bool has_harmless_argument(JsonPathItem *item) {
	JsonPathItem argument;
	jspGetArg(item, &argument);
	return is_harmless(&argument);
}

bool has_harmless_subscripts(JsonPathItem *item) {
	for (int i = 0; i < item->content.array.nelems; i++) {
		JsonPathItem from;
		JsonPathItem to;
		const bool is_range = jspGetArraySubscript(item, &from, &to, i);
		if (!is_harmless(&from) || (is_range && !is_harmless(&to)))
			return false;
	}
	return true;
}

// Access, comparison and logic. Not methods that convert, arithmetic, regular expressions, or variables,
// which an operator has none of.
bool is_harmless_alone(JsonPathItem *item) {
	switch (item->type) {
	case jpiNull:
	case jpiString:
	case jpiNumeric:
	case jpiBool:
	case jpiAnyArray:
	case jpiAnyKey:
	case jpiAny:
	case jpiKey:
	case jpiCurrent:
	case jpiRoot:
	case jpiLast:
	case jpiType:
	case jpiSize:
		return true;
	case jpiNot:
	case jpiIsUnknown:
	case jpiExists:
	case jpiFilter:
		return has_harmless_argument(item);
	case jpiAnd:
	case jpiOr:
	case jpiEqual:
	case jpiNotEqual:
	case jpiLess:
	case jpiGreater:
	case jpiLessOrEqual:
	case jpiGreaterOrEqual:
	case jpiStartsWith:
		return has_harmless_arguments(item);
	case jpiIndexArray:
		return has_harmless_subscripts(item);
	default:
		return false;
	}
}

bool is_harmless(JsonPathItem *item) {
	check_stack_depth();
	JsonPathItem next;
	return is_harmless_alone(item) && (!jspGetNext(item, &next) || is_harmless(&next));
}

} // namespace

bool is_harmless_path(Datum path) {
	JsonPathItem root;
	jspInit(&root, DatumGetJsonPathP(path));
	return is_harmless(&root);
}

} // namespace pg_tenant::planning
