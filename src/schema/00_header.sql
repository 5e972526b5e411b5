\echo Use "CREATE EXTENSION pg_tenant" to load this file. \quit

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
