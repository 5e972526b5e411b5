#include "sqlapi/arguments.hpp"

#include "pg/error.hpp"

extern "C" {
#include "nodes/parsenodes.h"
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

const TriggerData *called_by_trigger(FunctionCallInfo fcinfo) {
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("this function can only be called as a trigger")));
	return reinterpret_cast<const TriggerData *>(fcinfo->context);
}

void require_outside_block(FunctionCallInfo fcinfo, const char *procedure) {
	if (fcinfo->context == nullptr || !IsA(fcinfo->context, CallContext) ||
		castNode(CallContext, fcinfo->context)->atomic)
		ereport(ERROR, (errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
						errmsg("%s() cannot run inside a transaction block", procedure),
						errdetail("It commits as it goes.")));
}

} // namespace pg_tenant::sqlapi
