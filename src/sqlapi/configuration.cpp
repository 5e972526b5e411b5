// tenant.config, flag, merge_patch, and what the functions that change configurations call (src/schema/51)
#include "pg/error.hpp"

#include "context/frame.hpp"
#include "context/seal.hpp"
#include "registry/configuration.hpp"
#include "registry/merge_patch.hpp"
#include "registry/require.hpp"
#include "registry/revisions.hpp"
#include "sqlapi/arguments.hpp"

extern "C" {
#include "utils/builtins.h"
#include "utils/inval.h"
}

namespace context = pg_tenant::context;
namespace registry = pg_tenant::registry;
namespace sqlapi = pg_tenant::sqlapi;
using pg_tenant::core::TenantId;

namespace {

// What other sessions committed before this call counts.
const Jsonb *present_configuration() {
	context::require_signed_seal();
	const TenantId *tenant = registry::require_tenant(context::statement_tenant());
	AcceptInvalidationMessages();
	registry::require_in_good_standing(*tenant);
	return registry::find_configuration(*tenant);
}

std::string_view text_argument(FunctionCallInfo fcinfo, int argument) {
	const text *value = PG_GETARG_TEXT_PP(argument);
	return {VARDATA_ANY(value), static_cast<std::size_t>(VARSIZE_ANY_EXHDR(value))};
}

} // namespace

PG_TENANT_FUNCTION(pg_tenant_config) {
	const Jsonb *config = present_configuration();
	// The caller's, since the cache may drop its own while the statement runs.
	if (PG_ARGISNULL(0)) {
		auto *copy = static_cast<Jsonb *>(palloc(VARSIZE(config)));
		memcpy(copy, config, VARSIZE(config));
		PG_RETURN_JSONB_P(copy);
	}
	const std::string_view key = text_argument(fcinfo, 0);
	JsonbValue value;
	if (!registry::find_value(config, key, &value))
		PG_RETURN_NULL();
	PG_RETURN_JSONB_P(JsonbValueToJsonb(&value));
}

PG_TENANT_FUNCTION(pg_tenant_flag) {
	if (PG_ARGISNULL(0))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("name of a flag must not be null")));
	const std::string_view name = text_argument(fcinfo, 0);
	JsonbValue value;
	if (!registry::find_value(present_configuration(), name, &value))
		PG_RETURN_BOOL(false);
	if (value.type != jbvBool)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("configuration key \"%.*s\" is no flag", static_cast<int>(name.size()), name.data()),
				 errdetail("Its value is neither true nor false.")));
	PG_RETURN_BOOL(value.val.boolean);
}

PG_TENANT_FUNCTION(pg_tenant_merge_patch) {
	PG_RETURN_JSONB_P(registry::merge_patch(PG_GETARG_JSONB_P(0), PG_GETARG_JSONB_P(1)));
}

PG_TENANT_FUNCTION(pg_tenant_draw_revision) { PG_RETURN_INT64(registry::draw_revision()); }

PG_TENANT_FUNCTION(pg_tenant_is_drawn_revision) {
	PG_RETURN_BOOL(registry::is_drawn_revision(PG_GETARG_INT64(0)));
}

PG_TENANT_FUNCTION(pg_tenant_is_whole_statement) {
	PG_RETURN_BOOL(registry::is_whole_statement(sqlapi::required_text(fcinfo, 0, "function")));
}
