// tenant.hides_statistics: the condition on what queries read of pg_statistic
#include "isolation/statistics.hpp"

#include "pg/error.hpp"

PG_TENANT_FUNCTION(pg_tenant_hides_statistics) {
	PG_RETURN_BOOL(pg_tenant::isolation::are_shared_statistics(PG_GETARG_OID(0), PG_GETARG_OID(1)));
}
