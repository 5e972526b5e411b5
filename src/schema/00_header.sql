\echo Use "CREATE EXTENSION pg_tenant" to load this file. \quit

-- Whoever owns the schema could drop the extension and everything that depends on it.
DO $$
BEGIN
	IF NOT (SELECT rolsuper FROM pg_catalog.pg_roles r JOIN pg_catalog.pg_namespace n ON n.nspowner OPERATOR(pg_catalog.=) r.oid
			WHERE n.nspname OPERATOR(pg_catalog.=) 'tenant') THEN
		RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = 'schema "tenant" belongs to a role that is not a superuser',
			HINT = 'DROP SCHEMA tenant;';
	END IF;
END
$$;

-- Roles belong to the whole cluster: another database's pg_tenant may have made them already.
DO $$
DECLARE
	role text;
BEGIN
	FOREACH role IN ARRAY ARRAY['tenant_admin', 'tenant_reader'] LOOP
		IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) role) THEN
			EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN', role);
		END IF;
	END LOOP;
END
$$;

REVOKE ALL ON SCHEMA tenant FROM PUBLIC;
GRANT USAGE ON SCHEMA tenant TO PUBLIC;
COMMENT ON SCHEMA tenant IS 'pg_tenant: tenants isolated row by row in shared tables';
