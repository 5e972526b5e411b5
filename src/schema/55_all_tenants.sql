-- What the server counts.
CREATE FUNCTION tenant.stat_all_tenants(OUT statements bigint, OUT last_at timestamptz)
	LANGUAGE c VOLATILE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pg_tenant_stat_all_tenants';
COMMENT ON FUNCTION tenant.stat_all_tenants() IS 'How many statements ran for all tenants since the server started, and when the last did';
