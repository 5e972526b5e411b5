-- Platforms: operators of one see the list of its tenants, and nothing of their rows.
CREATE TABLE tenant.platform_grants (
	role regrole,
	platform_id text COLLATE "C",
	PRIMARY KEY (role, platform_id)
);
COMMENT ON TABLE tenant.platform_grants IS 'The platforms whose tenants roles may list; written only through the functions of this schema';
SELECT pg_catalog.pg_extension_config_dump('tenant.platform_grants', 'WHERE role IN (SELECT oid FROM pg_catalog.pg_roles)');

CREATE VIEW tenant.role_platforms AS
	SELECT g.role, g.platform_id FROM tenant.platform_grants g
	JOIN pg_catalog.pg_roles r ON r.oid OPERATOR(pg_catalog.=) g.role::oid;
COMMENT ON VIEW tenant.role_platforms IS 'Roles that operate platforms';

CREATE FUNCTION tenant.grant_platform(role regrole, platform_id text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	PERFORM tenant.require_role(grant_platform.role);
	DELETE FROM tenant.platform_grants g WHERE NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = g.role);
	INSERT INTO tenant.platform_grants VALUES (grant_platform.role, tenant.canonical_id(grant_platform.platform_id)) ON CONFLICT DO NOTHING;
	IF FOUND THEN
		PERFORM tenant.record_action(NULL, 'platform_granted', NULL,
			jsonb_build_object('role', grant_platform.role, 'platform_id', tenant.canonical_id(grant_platform.platform_id)));
	END IF;
	-- No tenant's id: it binds the role without letting it use a tenant.
	INSERT INTO tenant.role_grants VALUES (grant_platform.role, '') ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION tenant.grant_platform(regrole, text) IS 'Lets a role list the tenants of a platform, and binds it: it uses only tenants that it was granted';

CREATE FUNCTION tenant.revoke_platform(role regrole, platform_id text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	DELETE FROM tenant.platform_grants g
		WHERE g.role = revoke_platform.role AND g.platform_id = tenant.canonical_id(revoke_platform.platform_id);
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '42704', MESSAGE = 'the role has no grant of this platform';
	END IF;
	PERFORM tenant.record_action(NULL, 'platform_revoked', NULL,
		jsonb_build_object('role', revoke_platform.role, 'platform_id', tenant.canonical_id(revoke_platform.platform_id)));
	IF NOT EXISTS (SELECT FROM tenant.platform_grants g WHERE g.role = revoke_platform.role) THEN
		DELETE FROM tenant.role_grants g WHERE g.role = revoke_platform.role AND g.tenant_id = '';
		PERFORM tenant.warn_of_unbound(revoke_platform.role);
	END IF;
END
$$;
COMMENT ON FUNCTION tenant.revoke_platform(regrole, text) IS 'Takes a platform from a role';

-- Both the session's user and the role that it acts as count, as for tenants: each that has grants needs this one, and who acts needs it.
CREATE FUNCTION tenant.operates(platform text) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	SELECT coalesce(bool_and(EXISTS (SELECT FROM tenant.platform_grants g WHERE g.role = r.oid AND g.platform_id = platform)
		OR r.rolname <> tenant.acting_role() AND NOT EXISTS (SELECT FROM tenant.role_grants b WHERE b.role = r.oid)), false)
	FROM pg_roles r WHERE r.rolname IN (session_user, tenant.acting_role())
$$;
COMMENT ON FUNCTION tenant.operates(text) IS 'Whether this session may list the tenants of a platform';

CREATE FUNCTION tenant.platform_tenants(after text DEFAULT NULL, page_size integer DEFAULT NULL)
		RETURNS TABLE (tenant_id text, name text, status text, domains text[], created_at timestamptz)
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	platform CONSTANT text := (SELECT i.platform_id FROM tenant.identity() i);
BEGIN
	IF tenant.current_id() IS NOT NULL THEN
		RAISE EXCEPTION USING ERRCODE = '55000', MESSAGE = 'a tenant is set', DETAIL = 'The list is for a session that has a platform alone.',
			HINT = 'RESET app.tenant_id;';
	END IF;
	IF platform IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = '55000', MESSAGE = 'no platform is set', HINT = 'SET app.platform_id = ''...'';';
	END IF;
	IF page_size < 1 THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'page_size must be at least 1';
	END IF;
	IF NOT tenant.operates(platform) THEN
		RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('role "%s" does not operate the platform', tenant.acting_role());
	END IF;
	RETURN QUERY SELECT t.tenant_id::text, t.name, t.status, t.domains, t.created_at FROM tenant.tenants t
		WHERE t.platform_id = platform AND t.tenant_id > coalesce(tenant.id_of_row(after), '') ORDER BY t.tenant_id LIMIT page_size;
END
$$;
COMMENT ON FUNCTION tenant.platform_tenants(text, integer) IS 'The tenants of the platform that is set, for a role that operates it';
