// tenant.record_action
#include "pg/error.hpp"

#include "context/settings.hpp"
#include "events/audit.hpp"
#include "sqlapi/arguments.hpp"

extern "C" {
#include "utils/builtins.h"
#include "utils/jsonb.h"
}

namespace events = pg_tenant::events;
namespace sqlapi = pg_tenant::sqlapi;

PG_TENANT_FUNCTION(pg_tenant_record_action) {
	if (PG_ARGISNULL(3))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("detail must not be null")));
	Jsonb *detail = PG_GETARG_JSONB_P(3);
	const events::Action action = {
		PG_ARGISNULL(0) ? nullptr : text_to_cstring(PG_GETARG_TEXT_PP(0)),
		sqlapi::required_text(fcinfo, 1, "action"),
		PG_ARGISNULL(2) ? nullptr : text_to_cstring(PG_GETARG_TEXT_PP(2)),
		JsonbToCString(nullptr, &detail->root, static_cast<int>(VARSIZE(detail))),
		PG_ARGISNULL(4) ? nullptr : PG_GETARG_UUID_P(4),
	};
	events::record(action, events::present_origin());
	PG_RETURN_VOID();
}
