// tenant.run_for_new_tenant
#include "pg/error.hpp"

#include "context/settings.hpp"
#include "isolation/template.hpp"
#include "sqlapi/arguments.hpp"

extern "C" {
#include "utils/builtins.h"
}

namespace sqlapi = pg_tenant::sqlapi;

PG_TENANT_FUNCTION(pg_tenant_run_for_new_tenant) {
	const Oid table = sqlapi::required_oid(fcinfo, 0, "table");
	pg_tenant::core::TenantId id;
	pg_tenant::context::read_tenant_id(sqlapi::required_text(fcinfo, 1, "tenant id"), "tenant id", &id);
	const char *value =
		pg_tenant::isolation::run_for_new_tenant(table, id, sqlapi::required_text(fcinfo, 2, "command"));
	if (value == nullptr)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(value));
}
