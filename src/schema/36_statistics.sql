-- The condition on what queries read of pg_statistic and pg_statistic_ext_data (src/isolation/statistics.cpp).
CREATE FUNCTION tenant.hides_statistics(catalog oid, object oid) RETURNS boolean
	LANGUAGE c STABLE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'pg_tenant_hides_statistics';
COMMENT ON FUNCTION tenant.hides_statistics(oid, oid) IS
	'Whether statistics are made of rows of several tenants; used where a query reads pg_statistic';
