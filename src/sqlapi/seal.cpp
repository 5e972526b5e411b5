// tenant.seal, unseal
#include "pg/error.hpp"

#include "context/seal.hpp"
#include "context/settings.hpp"
#include "registry/require.hpp"
#include "sqlapi/arguments.hpp"

extern "C" {
#include "utils/builtins.h"
}

using pg_tenant::core::TenantId;
namespace context = pg_tenant::context;
namespace registry = pg_tenant::registry;
namespace sqlapi = pg_tenant::sqlapi;

PG_TENANT_FUNCTION(pg_tenant_seal) {
	const TenantId *live = context::live_tenant();
	context::require_within_seal(live);
	// A copy: what the setting points to may go while the registry is read.
	const TenantId tenant = *registry::require_tenant(live);
	registry::require_in_good_standing(tenant);
	const char *token = nullptr;
	if (!PG_ARGISNULL(0) && PG_GETARG_BOOL(0))
		token = context::seal_session(tenant, false);
	else
		context::seal_transaction(tenant, false);
	if (token == nullptr)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(token));
}

PG_TENANT_FUNCTION(pg_tenant_unseal) {
	context::unseal_session(sqlapi::required_text(fcinfo, 0, "token"));
	PG_RETURN_BOOL(true);
}
