// tenant.run_copy() of COPY FROM, and the conditions on each of its rows and of a foreign key's action.
#include "pg/error.hpp"

#include "context/frame.hpp"
#include "hooks/hooks.hpp"

extern "C" {
#include "utils/builtins.h"
#include "utils/uuid.h"
}

using pg_tenant::context::statement_tenant;
using pg_tenant::core::TenantId;

namespace {

// In the words of a policy that is violated. NULL is nobody's.
Datum accept_row(FunctionCallInfo fcinfo, bool is_own) {
	if (!is_own)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("new row violates row-level security policy \"tenant_isolation\" for table \"%s\"",
						PG_ARGISNULL(1) ? "" : text_to_cstring(PG_GETARG_TEXT_PP(1)))));
	PG_RETURN_BOOL(true);
}

} // namespace

PG_TENANT_FUNCTION(pg_tenant_run_copy) {
	pg_tenant::hooks::run_called_copy();
	PG_RETURN_VOID();
}

PG_TENANT_FUNCTION(pg_tenant_own_row_uuid) {
	const TenantId *id = statement_tenant();
	return accept_row(fcinfo, id != nullptr && id->is_uuid && !PG_ARGISNULL(0) &&
								  memcmp(PG_GETARG_UUID_P(0)->data, id->uuid, UUID_LEN) == 0);
}

PG_TENANT_FUNCTION(pg_tenant_own_row_text) {
	const TenantId *id = statement_tenant();
	if (id == nullptr || PG_ARGISNULL(0))
		return accept_row(fcinfo, false);
	const text *value = PG_GETARG_TEXT_PP(0);
	return accept_row(fcinfo, VARSIZE_ANY_EXHDR(value) == id->length &&
								  memcmp(VARDATA_ANY(value), id->text, id->length) == 0);
}

PG_TENANT_FUNCTION(pg_tenant_own_row_bigint) {
	const TenantId *id = statement_tenant();
	return accept_row(fcinfo,
					  id != nullptr && id->is_number && !PG_ARGISNULL(0) && PG_GETARG_INT64(0) == id->number);
}

PG_TENANT_FUNCTION(pg_tenant_own_cascaded_row) {
	if (PG_ARGISNULL(0) || !PG_GETARG_BOOL(0))
		ereport(ERROR, (errcode(ERRCODE_TENANT_BOUNDARY),
						errmsg("the action of a foreign key would reach rows of other tenants in \"%s\"",
							   PG_ARGISNULL(1) ? "" : text_to_cstring(PG_GETARG_TEXT_PP(1))),
						errhint("As a role that may bypass row-level security: SET row_security = off;")));
	PG_RETURN_BOOL(true);
}
