// tenant.check_reference, check_referenced: the triggers of foreign keys that span tenants
#include "pg/error.hpp"

#include "isolation/references.hpp"
#include "sqlapi/arguments.hpp"

namespace sqlapi = pg_tenant::sqlapi;

PG_TENANT_FUNCTION(pg_tenant_check_reference) {
	pg_tenant::isolation::check_reference(sqlapi::called_by_trigger(fcinfo));
	return PointerGetDatum(nullptr);
}

PG_TENANT_FUNCTION(pg_tenant_check_referenced) {
	pg_tenant::isolation::check_referenced(sqlapi::called_by_trigger(fcinfo));
	return PointerGetDatum(nullptr);
}
