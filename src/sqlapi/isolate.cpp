// tenant.isolate_tenant, and the trigger that it makes
#include "pg/error.hpp"

#include "context/settings.hpp"
#include "events/audit.hpp"
#include "isolation/isolate.hpp"
#include "isolation/mirror.hpp"
#include "pg/spi.hpp"
#include "sqlapi/arguments.hpp"

namespace context = pg_tenant::context;
namespace core = pg_tenant::core;
namespace events = pg_tenant::events;
namespace pg = pg_tenant::pg;
namespace isolation = pg_tenant::isolation;
namespace sqlapi = pg_tenant::sqlapi;

PG_TENANT_FUNCTION(pg_tenant_isolate_tenant) {
	const Oid table = sqlapi::required_oid(fcinfo, 0, "table");
	const char *tenant = sqlapi::required_text(fcinfo, 1, "tenant id");
	const int batch = PG_ARGISNULL(2) ? 0 : PG_GETARG_INT32(2);
	if (batch < 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("batch must be at least 1")));
	sqlapi::require_outside_block(fcinfo, "isolate_tenant");
	core::TenantId id;
	context::read_tenant_id(tenant, "tenant id", &id);
	isolation::isolate_tenant(table, tenant, batch);
	const char *name = pg::qualified_name(table);
	const pg::Member details[] = {{"table", name, false}};
	events::record({id.text, "isolated", nullptr, pg::json_object(CurrentMemoryContext, details), nullptr},
				   events::present_origin());
	PG_RETURN_VOID();
}

PG_TENANT_FUNCTION(pg_tenant_repeat_row) {
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("repeat_row() can only be called as a trigger")));
	isolation::repeat_row(reinterpret_cast<TriggerData *>(fcinfo->context));
	PG_RETURN_POINTER(nullptr);
}
