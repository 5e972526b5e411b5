-- The conditions that guard the rows of a COPY FROM (src/isolation/copy.cpp) and of the actions of foreign keys (src/isolation/confine.cpp).
CREATE FUNCTION tenant.run_copy() RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_run_copy';
COMMENT ON FUNCTION tenant.run_copy() IS 'What COPY FROM a protected table is run by; not to be called otherwise';

CREATE FUNCTION tenant.own_row_uuid(value uuid, tbl text) RETURNS boolean
	LANGUAGE c STABLE PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pg_tenant_own_row_uuid';
COMMENT ON FUNCTION tenant.own_row_uuid(uuid, text) IS 'True for the session''s tenant, 42501 for any other; used by COPY FROM';

CREATE FUNCTION tenant.own_row_text(value text, tbl text) RETURNS boolean
	LANGUAGE c STABLE PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pg_tenant_own_row_text';
COMMENT ON FUNCTION tenant.own_row_text(text, text) IS 'True for the session''s tenant, 42501 for any other; used by COPY FROM';

CREATE FUNCTION tenant.own_row_bigint(value bigint, tbl text) RETURNS boolean
	LANGUAGE c STABLE PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pg_tenant_own_row_bigint';
COMMENT ON FUNCTION tenant.own_row_bigint(bigint, text) IS 'True for the session''s tenant, 42501 for any other; used by COPY FROM';

CREATE FUNCTION tenant.own_cascaded_row(is_own boolean, tbl text) RETURNS boolean
	LANGUAGE c STABLE PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pg_tenant_own_cascaded_row';
COMMENT ON FUNCTION tenant.own_cascaded_row(boolean, text) IS 'True for the tenant''s own row, TN006 for any other; used by the actions of foreign keys';
