-- Everybody has the context functions, what policies and defaults call, and nothing else.
REVOKE ALL ON ALL TABLES IN SCHEMA tenant FROM PUBLIC;
DO $$
DECLARE
	routine record;
BEGIN
	-- Privileges that nobody has changed are checked in half the time, at the start of each statement.
	FOR routine IN SELECT oid::regprocedure AS name, proacl IS NOT NULL AS is_changed, proname IN
		('current_uuid', 'current_text', 'current_bigint', 'current_int') AS is_typed
		FROM pg_catalog.pg_proc WHERE pronamespace = 'tenant'::regnamespace LOOP
		IF NOT routine.is_typed THEN
			EXECUTE pg_catalog.format('REVOKE ALL ON ROUTINE %s FROM PUBLIC', routine.name);
		ELSIF routine.is_changed THEN
			EXECUTE pg_catalog.format('GRANT EXECUTE ON ROUTINE %s TO PUBLIC', routine.name);
		END IF;
	END LOOP;
	FOR bucket IN 0..255 LOOP
		EXECUTE pg_catalog.format('REVOKE ALL ON TYPE tenant.bucket_%s FROM PUBLIC', bucket);
	END LOOP;
END
$$;

GRANT EXECUTE ON FUNCTION tenant.set(text, boolean), tenant.clear(), tenant.current_id(), tenant.require_id(),
	tenant.identity(),
	tenant.seal(boolean), tenant.unseal(text), tenant.set_from_jwt(text, boolean),
	tenant.set_from_headers(jsonb, text, boolean), tenant.context_headers(), tenant.execute(text, text),
	tenant.query(text, text), tenant.canonical_id(text), tenant.run_copy(), tenant.own_row_uuid(uuid, text), tenant.own_row_text(text, text),
	tenant.own_row_bigint(bigint, text), tenant.own_cascaded_row(boolean, text), tenant.hides_statistics(oid, oid),
	tenant.explain_barrier(text) TO PUBLIC;

GRANT EXECUTE ON FUNCTION tenant.protect(regclass, name, regtype, boolean, text, boolean, boolean, integer), tenant.unprotect(regclass),
	tenant.share(regclass), tenant.provision(text, text, text, text[], jsonb, boolean), tenant.activate(text),
	tenant.suspend(text, text), tenant.resume(text), tenant.add_resource(text, text, text),
	tenant.remove_resource(text, text, text), tenant.grant_tenant(regrole, text), tenant.revoke_tenant(regrole, text)
	TO tenant_admin;

GRANT EXECUTE ON PROCEDURE tenant.isolate_tenant(regclass, text, integer) TO tenant_admin;

GRANT EXECUTE ON FUNCTION tenant.list(text), tenant.check(), tenant.stat_all_tenants(), tenant.protection_of(oid),
	tenant.listed_functions(), tenant.definition_of(oid) TO tenant_admin, tenant_reader;
GRANT SELECT ON tenant.tenants, tenant.resources, tenant.role_tenants, tenant.protected_tables, tenant.shared_tables, tenant.unsafe_keys,
	tenant.trusted_operators TO tenant_admin, tenant_reader;
