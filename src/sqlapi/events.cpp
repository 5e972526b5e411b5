// tenant.publish, publish_for
#include "pg/error.hpp"

#include "context/frame.hpp"
#include "context/seal.hpp"
#include "context/settings.hpp"
#include "events/publish.hpp"
#include "registry/require.hpp"
#include "sqlapi/arguments.hpp"

using pg_tenant::core::TenantId;
namespace context = pg_tenant::context;
namespace events = pg_tenant::events;
namespace registry = pg_tenant::registry;
namespace sqlapi = pg_tenant::sqlapi;

static Jsonb *required_payload(FunctionCallInfo fcinfo, int argument) {
	if (PG_ARGISNULL(argument))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("payload must not be null")));
	return PG_GETARG_JSONB_P(argument);
}

PG_TENANT_FUNCTION(pg_tenant_publish) {
	const char *type = sqlapi::required_text(fcinfo, 0, "type");
	Jsonb *payload = required_payload(fcinfo, 1);
	const int32 version = PG_ARGISNULL(2) ? 0 : PG_GETARG_INT32(2);
	context::require_signed_seal();
	const TenantId *live =
		context::current_frame != nullptr ? context::statement_tenant() : context::live_tenant();
	const TenantId tenant = *registry::require_tenant(live);
	registry::require_in_good_standing(tenant);
	events::require_valid_event(type, payload, version, events::Publisher::kTenant);
	PG_RETURN_UUID_P(events::publish(tenant, type, payload, version));
}

PG_TENANT_FUNCTION(pg_tenant_publish_for) {
	TenantId tenant;
	context::read_tenant_id(sqlapi::required_text(fcinfo, 0, "tenant id"), "tenant id", &tenant);
	const char *type = sqlapi::required_text(fcinfo, 1, "type");
	Jsonb *payload = required_payload(fcinfo, 2);
	events::require_valid_event(type, payload, 1, events::Publisher::kExtension);
	PG_RETURN_UUID_P(events::publish(tenant, type, payload, 1));
}
