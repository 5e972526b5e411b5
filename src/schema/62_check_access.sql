-- tenant.check(): views, functions, rules, roles and grants that pass policies by, or would without our hooks.
-- Of a setting that a function, role or database brings along, as name=value.
CREATE FUNCTION tenant.is_risky_setting(setting text) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE lower(split_part(setting, '=', 1))
		WHEN 'app.tenant_id' THEN setting ~ '=.'
		WHEN 'row_security' THEN lower(setting) !~ '=(on|t|tr|tru|true|y|ye|yes|1)$'
		WHEN 'pg_tenant.confine_bypass_roles' THEN lower(setting) !~ '=(on|t|tr|tru|true|y|ye|yes|1)$'
		WHEN 'session_replication_role' THEN lower(setting) ~ '=replica$'
		ELSE false END
$$;
COMMENT ON FUNCTION tenant.is_risky_setting(text) IS 'Whether a stored setting changes who is confined to what';

CREATE FUNCTION tenant.check_code() RETURNS SETOF tenant.finding
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	WITH bypass AS MATERIALIZED (SELECT oid, rolname FROM pg_roles WHERE rolsuper OR rolbypassrls)
	SELECT tenant.confined_severity(), 'view_of_bypass_role', c.oid::regclass::text,
		format('It reads protected tables with the rights of its owner %I, whom no policy binds; only hooks confine it.', bypass.rolname),
		format('ALTER VIEW %s SET (security_invoker = true);', c.oid::regclass)
	FROM tenant.views_over_protected() reader
	JOIN pg_class c ON c.oid = reader AND c.relkind = 'v'
	JOIN bypass ON bypass.oid = c.relowner
	WHERE NOT EXISTS (SELECT FROM pg_options_to_table(c.reloptions) WHERE option_name = 'security_invoker'
		AND lower(option_value) IN ('true', 'on', 'yes', '1', 't', 'y'))
	UNION ALL
	SELECT tenant.confined_severity(), 'definer_of_bypass_role', format('function %s', p.oid::regprocedure),
		format('It runs with the rights of its owner %I, whom no policy binds; only hooks confine what it does.', bypass.rolname),
		format('ALTER ROUTINE %s SECURITY INVOKER;', p.oid::regprocedure)
	FROM pg_proc p
	JOIN bypass ON bypass.oid = p.proowner
	WHERE p.prosecdef AND p.oid >= 16384
		AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) WHERE grantee <> p.proowner)
		AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
	UNION ALL
	SELECT 'warning', 'function_setting', format('function %s', p.oid::regprocedure),
		format('It runs with %s, whoever calls it and for whichever tenant.', setting),
		format('ALTER ROUTINE %s RESET %s;', p.oid::regprocedure, split_part(setting, '=', 1))
	FROM pg_proc p CROSS JOIN LATERAL unnest(p.proconfig) setting
	WHERE p.oid >= 16384 AND tenant.is_risky_setting(setting)
	UNION ALL
	SELECT 'info', 'rule_on_protected_table', format('rule %I on %s', r.rulename, p.tbl),
		'It turns a statement into others, which are confined by the policies of the tables that they name.',
		format('DROP RULE %I ON %s;', r.rulename, p.tbl)
	FROM tenant.protected_tables p JOIN pg_rewrite r ON r.ev_class = p.tbl AND r.ev_type <> '1'
$$;
COMMENT ON FUNCTION tenant.check_code() IS 'Findings of tenant.check(): views, functions and rules';

CREATE FUNCTION tenant.check_roles() RETURNS SETOF tenant.finding
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	SELECT tenant.confined_severity(), 'bypass_role', format('role %I', rolname),
		format('It may log in and has %s: no policy binds it; only hooks confine it.', CASE WHEN rolsuper THEN 'SUPERUSER' ELSE 'BYPASSRLS' END)
			|| CASE WHEN oid = 10 THEN ' The role that made the cluster stays a superuser.' ELSE '' END,
		CASE WHEN oid = 10 THEN '' ELSE format('ALTER ROLE %I NOSUPERUSER NOBYPASSRLS;', rolname) END
	FROM pg_roles WHERE rolcanlogin AND (rolsuper OR rolbypassrls)
	UNION ALL
	SELECT tenant.confined_severity(), 'member_of_bypass_role', format('role %I', member.rolname),
		format('It may become %I, whom no policy binds.', bypass.rolname),
		format('REVOKE %I FROM %I%s;', bypass.rolname, member.rolname,
			(SELECT format(' GRANTED BY %I', rolname) FROM pg_roles WHERE oid = m.grantor))
	FROM pg_auth_members m
	JOIN pg_roles bypass ON bypass.oid = m.roleid AND (bypass.rolsuper OR bypass.rolbypassrls)
	JOIN pg_roles member ON member.oid = m.member AND NOT (member.rolsuper OR member.rolbypassrls)
	UNION ALL
	SELECT 'warning', 'role_setting', concat_ws(' in ', CASE WHEN s.setrole <> 0 THEN format('role %I', r.rolname) END,
			CASE WHEN s.setdatabase <> 0 THEN format('database %I', d.datname) WHEN s.setrole = 0 THEN 'all roles' END),
		format('Sessions begin with %s.', setting),
		format(CASE WHEN s.setrole <> 0 AND s.setdatabase <> 0 THEN 'ALTER ROLE %1$I IN DATABASE %2$I RESET %3$s;'
			WHEN s.setrole <> 0 THEN 'ALTER ROLE %1$I RESET %3$s;'
			WHEN s.setdatabase <> 0 THEN 'ALTER DATABASE %2$I RESET %3$s;'
			ELSE 'ALTER ROLE ALL RESET %3$s;' END, r.rolname, d.datname, split_part(setting, '=', 1))
	FROM pg_db_role_setting s
	CROSS JOIN LATERAL unnest(s.setconfig) setting
	LEFT JOIN pg_roles r ON r.oid = s.setrole
	LEFT JOIN pg_database d ON d.oid = s.setdatabase
	WHERE (s.setdatabase = 0 OR d.datname = current_database()) AND (s.setrole = 0 OR r.oid IS NOT NULL)
		AND tenant.is_risky_setting(setting)
$$;
COMMENT ON FUNCTION tenant.check_roles() IS 'Findings of tenant.check(): roles that no policy binds';

-- Those that the owner gave; what their holders gave on goes with them.
CREATE FUNCTION tenant.grants_on_protected(privilege text) RETURNS TABLE (tbl regclass, holder text, revoking text)
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	SELECT p.tbl, named.holder, format('REVOKE %s ON %s FROM %s CASCADE;', privilege, p.tbl, named.holder)
	FROM tenant.protected_tables p
	JOIN pg_class c ON c.oid = p.tbl
	CROSS JOIN LATERAL aclexplode(c.relacl) g
	LEFT JOIN pg_roles r ON r.oid = g.grantee
	CROSS JOIN LATERAL (SELECT CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(r.rolname) END AS holder) named
	WHERE g.privilege_type = privilege AND g.grantor = c.relowner AND g.grantee <> c.relowner AND named.holder IS NOT NULL
$$;
COMMENT ON FUNCTION tenant.grants_on_protected(text) IS 'Who else than the owner has a privilege on protected tables';

CREATE FUNCTION tenant.check_grants() RETURNS SETOF tenant.finding
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	SELECT tenant.confined_severity(), 'truncate_grant', tbl::text,
		format('%s may TRUNCATE it, which no policy filters; only hooks refuse it.', holder), revoking
	FROM tenant.grants_on_protected('TRUNCATE')
	UNION ALL
	SELECT 'info', 'trigger_grant', tbl::text,
		format('%s may put triggers on it, which run with the rights of whoever writes.', holder), revoking
	FROM tenant.grants_on_protected('TRIGGER')
	UNION ALL
	SELECT 'info', 'references_grant', tbl::text,
		format('%s may reference it, and so learn whether a row of another tenant exists.', holder), revoking
	FROM tenant.grants_on_protected('REFERENCES')
$$;
COMMENT ON FUNCTION tenant.check_grants() IS 'Findings of tenant.check(): privileges that no policy filters';
