-- Tenants of a role: one with any grant may use only those, and a grant of '' is one of no tenant. The library reads the columns by their position
-- (src/registry/grants.cpp).
CREATE TABLE tenant.role_grants (
	role regrole,
	tenant_id text COLLATE "C",
	PRIMARY KEY (role, tenant_id)
);
COMMENT ON TABLE tenant.role_grants IS 'The tenants that roles are bound to; written only through the functions of this schema';
-- A role that was dropped would be dumped as its number, which may be another role's elsewhere.
SELECT pg_catalog.pg_extension_config_dump('tenant.role_grants', 'WHERE role IN (SELECT oid FROM pg_catalog.pg_roles)');

CREATE VIEW tenant.role_tenants AS
	SELECT g.role, g.tenant_id FROM tenant.role_grants g
	JOIN pg_catalog.pg_roles r ON r.oid OPERATOR(pg_catalog.=) g.role::oid
	WHERE g.tenant_id OPERATOR(pg_catalog.<>) '';
COMMENT ON VIEW tenant.role_tenants IS 'Roles that may use only these tenants';

CREATE FUNCTION tenant.announce_grants() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'pg_tenant_announce_table';
COMMENT ON FUNCTION tenant.announce_grants() IS 'Voids what sessions know of the tenants that roles are bound to';

CREATE TRIGGER announce_grants AFTER INSERT OR UPDATE OR DELETE ON tenant.role_grants
	FOR EACH ROW EXECUTE FUNCTION tenant.announce_grants();
CREATE TRIGGER announce_truncate AFTER TRUNCATE ON tenant.role_grants
	FOR EACH STATEMENT EXECUTE FUNCTION tenant.announce_grants();
ALTER TABLE tenant.role_grants ENABLE ALWAYS TRIGGER announce_grants;
ALTER TABLE tenant.role_grants ENABLE ALWAYS TRIGGER announce_truncate;

CREATE FUNCTION tenant.require_role(role oid) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = require_role.role) THEN
		RAISE EXCEPTION USING ERRCODE = '42704', MESSAGE = 'there is no such role';
	END IF;
END
$$;
COMMENT ON FUNCTION tenant.require_role(oid) IS 'Raises 42704 unless there is such a role';

CREATE FUNCTION tenant.warn_of_unbound(role regrole) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM tenant.role_grants g WHERE g.role = warn_of_unbound.role) THEN
		RAISE WARNING USING MESSAGE = format('role %s is bound to no tenant any more', warn_of_unbound.role),
			DETAIL = 'It may use every tenant.';
	END IF;
END
$$;
COMMENT ON FUNCTION tenant.warn_of_unbound(regrole) IS 'Warns if a role without grants may use every tenant';

CREATE FUNCTION tenant.grant_tenant(role regrole, tenant_id text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	PERFORM tenant.require_role(grant_tenant.role);
	-- Before the library is loaded, the setting is unknown, or a placeholder that anybody may set.
	PERFORM tenant.library();
	IF current_setting('pg_tenant.require_registered')::boolean THEN
		PERFORM tenant.lock_for_step(grant_tenant.tenant_id, ARRAY['pending', 'active', 'suspended'], 'grant');
	END IF;
	-- A role that comes to have the number of one that was dropped must not inherit its tenants.
	DELETE FROM tenant.role_grants g WHERE NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = g.role);
	INSERT INTO tenant.role_grants VALUES (grant_tenant.role, tenant.canonical_id(grant_tenant.tenant_id)) ON CONFLICT DO NOTHING;
	IF FOUND THEN
		PERFORM tenant.record_action(tenant.canonical_id(grant_tenant.tenant_id), 'tenant_granted', NULL, jsonb_build_object('role', grant_tenant.role));
	END IF;
END
$$;
COMMENT ON FUNCTION tenant.grant_tenant(regrole, text) IS 'Binds a role to a tenant, and to the others that it was granted';

CREATE FUNCTION tenant.revoke_tenant(role regrole, tenant_id text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	DELETE FROM tenant.role_grants g
		WHERE g.role = revoke_tenant.role AND g.tenant_id = tenant.canonical_id(revoke_tenant.tenant_id);
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '42704', MESSAGE = 'the role has no grant of this tenant';
	END IF;
	PERFORM tenant.record_action(tenant.canonical_id(revoke_tenant.tenant_id), 'tenant_revoked', NULL, jsonb_build_object('role', revoke_tenant.role));
	PERFORM tenant.warn_of_unbound(revoke_tenant.role);
END
$$;
COMMENT ON FUNCTION tenant.revoke_tenant(regrole, text) IS 'Takes a tenant from a role; without any it may use every tenant again';
