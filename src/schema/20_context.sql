-- The context: who the tenant of this session is.
CREATE FUNCTION tenant.set(tenant_id text, is_local boolean DEFAULT true) RETURNS text
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_set';
COMMENT ON FUNCTION tenant.set(text, boolean) IS 'Sets the tenant, for the transaction or the session, and checks it at once';

CREATE FUNCTION tenant.clear() RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_clear';
COMMENT ON FUNCTION tenant.clear() IS 'Empties the tenant and the rest of the identity for the session';

CREATE FUNCTION tenant.current_id() RETURNS text
	LANGUAGE c STABLE LEAKPROOF PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pg_tenant_current_text';
COMMENT ON FUNCTION tenant.current_id() IS 'The tenant, NULL when none is set';

CREATE FUNCTION tenant.require_id() RETURNS text
	LANGUAGE c STABLE PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pg_tenant_require_id';
COMMENT ON FUNCTION tenant.require_id() IS 'The tenant; TN001 when none is set';

CREATE FUNCTION tenant.current_uuid() RETURNS uuid
	LANGUAGE c STABLE LEAKPROOF PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pg_tenant_current_uuid';
COMMENT ON FUNCTION tenant.current_uuid() IS 'The tenant as uuid, NULL when it is none; for policies and defaults';

CREATE FUNCTION tenant.current_text() RETURNS text
	LANGUAGE c STABLE LEAKPROOF PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pg_tenant_current_text';
COMMENT ON FUNCTION tenant.current_text() IS 'The tenant as text; for policies and defaults';

CREATE FUNCTION tenant.current_bigint() RETURNS bigint
	LANGUAGE c STABLE LEAKPROOF PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pg_tenant_current_bigint';
COMMENT ON FUNCTION tenant.current_bigint() IS 'The tenant as bigint, NULL when it is none; for policies and defaults';

CREATE FUNCTION tenant.current_int() RETURNS integer
	LANGUAGE c STABLE LEAKPROOF PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'pg_tenant_current_int';
COMMENT ON FUNCTION tenant.current_int() IS 'The tenant as integer, NULL when it is none; for policies and defaults';

CREATE FUNCTION tenant.identity(OUT platform_id text, OUT tenant_id text, OUT tenant_name text,
		OUT request_id text, OUT trace_id text, OUT span_id text)
	LANGUAGE c STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'pg_tenant_identity';
COMMENT ON FUNCTION tenant.identity() IS 'Who this session says it is';

CREATE FUNCTION tenant.set_from_headers(headers jsonb, require text DEFAULT 'tenant_id', is_local boolean DEFAULT true)
	RETURNS text
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_set_from_headers';
COMMENT ON FUNCTION tenant.set_from_headers(jsonb, text, boolean) IS 'Sets the identity from the headers of a request';

CREATE FUNCTION tenant.context_headers() RETURNS jsonb
	LANGUAGE c STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'pg_tenant_context_headers';
COMMENT ON FUNCTION tenant.context_headers() IS 'The headers that carry this identity to the next service';

CREATE FUNCTION tenant.execute(tenant_id text, command text) RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_execute';
COMMENT ON FUNCTION tenant.execute(text, text) IS 'Runs a command as that tenant with the caller''s privileges; the rows it processed';

CREATE FUNCTION tenant.execute_all(command text, reason text) RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_execute_all';
COMMENT ON FUNCTION tenant.execute_all(text, text) IS 'Runs a command for all tenants, and records why; the rows it processed';

CREATE FUNCTION tenant.query(tenant_id text, query text) RETURNS SETOF jsonb
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_query';
COMMENT ON FUNCTION tenant.query(text, text) IS 'The rows of a query that is run as that tenant with the caller''s privileges';

CREATE FUNCTION tenant.canonical_id(tenant_id text) RETURNS text
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pg_tenant_canonical_id';
COMMENT ON FUNCTION tenant.canonical_id(text) IS 'A tenant id in the spelling that is stored and compared; 22023 if it is none';

CREATE FUNCTION tenant.is_valid_name(name text) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pg_tenant_is_valid_name';
COMMENT ON FUNCTION tenant.is_valid_name(text) IS 'Whether a text may be a tenant''s name';
