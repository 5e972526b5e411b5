#include "sqlapi/arguments.hpp"

extern "C" {
#include "utils/builtins.h"
}

namespace pg_tenant::sqlapi {
namespace {

void require_not_null(FunctionCallInfo fcinfo, int argument, const char *what) {
	if (PG_ARGISNULL(argument))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s must not be null", what)));
}

} // namespace

const char *required_text(FunctionCallInfo fcinfo, int argument, const char *what) {
	require_not_null(fcinfo, argument, what);
	return text_to_cstring(PG_GETARG_TEXT_PP(argument));
}

Oid required_oid(FunctionCallInfo fcinfo, int argument, const char *what) {
	require_not_null(fcinfo, argument, what);
	return PG_GETARG_OID(argument);
}

} // namespace pg_tenant::sqlapi
