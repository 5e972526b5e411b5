-- tenant.check(): replication, and whether pg_tenant itself is all there; then check() itself.
CREATE FUNCTION tenant.check_replication() RETURNS SETOF tenant.finding
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	SELECT 'warning', 'publication', format('publication %I', p.pubname),
		'It publishes all tables, and with them the rows of all tenants; only a list of tables takes row filters.',
		format('DROP PUBLICATION %I;', p.pubname)
	FROM pg_publication p WHERE p.puballtables AND EXISTS (SELECT FROM tenant.protected_tables)
	UNION ALL
	SELECT 'warning', 'publication_of_schema', format('publication %I', p.pubname),
		format('It publishes all tables of schema %I, and with them the rows of all tenants.', n.nspname),
		format('ALTER PUBLICATION %I DROP TABLES IN SCHEMA %I;', p.pubname, n.nspname)
	FROM pg_publication p
	JOIN pg_publication_namespace pn ON pn.pnpubid = p.oid
	JOIN pg_namespace n ON n.oid = pn.pnnspid
	WHERE EXISTS (SELECT FROM tenant.protected_tables t JOIN pg_class c ON c.oid = t.tbl WHERE c.relnamespace = n.oid)
	UNION ALL
	SELECT 'warning', 'publication_of_table', format('publication %I', p.pubname),
		format('It publishes %1$s without a filter on %2$I: the rows of all tenants.', t.tbl, t.tenant_column),
		format('ALTER PUBLICATION %I DROP TABLE ONLY %s;', p.pubname, t.tbl)
	FROM pg_publication p
	JOIN pg_publication_rel pr ON pr.prpubid = p.oid
	JOIN tenant.protected_tables t ON t.tbl = pr.prrelid
	JOIN pg_attribute a ON a.attrelid = t.tbl AND a.attname = t.tenant_column
	WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_publication_rel'::regclass AND d.objid = pr.oid
		AND d.refclassid = 'pg_class'::regclass AND d.refobjid = pr.prrelid AND d.refobjsubid = a.attnum AND pr.prqual IS NOT NULL)
	UNION ALL
	-- PostgreSQL 15 has no column subrunasowner: there the name means that of `before_16`.
	SELECT 'warning', 'subscription', format('subscription %I', s.subname),
		format('It writes %s as %I, whom policies bind: its changes are refused.', t.tbl, writer.rolname),
		CASE WHEN owner.rolsuper OR owner.rolbypassrls THEN format('ALTER SUBSCRIPTION %I SET (run_as_owner = true);', s.subname)
			WHEN as_owner.is_set THEN format('ALTER SUBSCRIPTION %I OWNER TO %I;', s.subname, super.rolname)
			ELSE format('ALTER SUBSCRIPTION %1$I OWNER TO %2$I; ALTER SUBSCRIPTION %1$I SET (run_as_owner = true);', s.subname, super.rolname) END
	FROM pg_subscription s
	JOIN pg_roles owner ON owner.oid = s.subowner
	JOIN pg_roles super ON super.oid = 10
	CROSS JOIN LATERAL (SELECT (SELECT subrunasowner FROM pg_subscription same WHERE same.oid = s.oid) AS is_set
		FROM (SELECT true AS subrunasowner) before_16) as_owner
	JOIN pg_subscription_rel sr ON sr.srsubid = s.oid
	JOIN tenant.protected_tables t ON t.tbl = sr.srrelid
	JOIN pg_class c ON c.oid = t.tbl
	JOIN pg_roles writer ON writer.oid = CASE WHEN as_owner.is_set THEN s.subowner ELSE c.relowner END
	WHERE s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
		AND NOT (writer.rolsuper OR writer.rolbypassrls)
$$;
COMMENT ON FUNCTION tenant.check_replication() IS 'Findings of tenant.check(): publications and subscriptions';

-- What turns one of our settings back on, where it was set by SET or in the configuration; a role's or database's is
-- a finding of its own.
CREATE FUNCTION tenant.turning_back(changed text, value text) RETURNS text
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE s.source WHEN 'session' THEN format('SET %s = %s;', changed, value)
		WHEN 'configuration file' THEN format('ALTER SYSTEM SET %s = %s; SELECT pg_reload_conf();', changed, value)
		ELSE '' END
	FROM pg_settings s WHERE s.name = changed
$$;
COMMENT ON FUNCTION tenant.turning_back(text, text) IS 'The command that gives a setting a value where it was changed';

CREATE FUNCTION tenant.check_settings() RETURNS SETOF tenant.finding
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	SELECT severity, code, 'setting shared_preload_libraries', message || ' Restart the server after this.',
		tenant.preloading()
	FROM tenant.library() l
	JOIN (VALUES ('critical', 'not_preloaded', 'demand',
			'Sessions load pg_tenant when a policy first calls it: until then nothing confines bypass roles or refuses TRUNCATE and DDL.'),
		('info', 'session_preloaded', 'session',
			'Only session_preload_libraries loads pg_tenant: what lives in shared memory does not work, and background workers are not confined.'))
		f (severity, code, loaded, message) ON f.loaded = l.loaded
	UNION ALL
	SELECT 'critical', 'bypass_roles_not_confined', 'setting pg_tenant.confine_bypass_roles',
		'Superusers, roles with BYPASSRLS, and their views and functions see and change the rows of all tenants.',
		tenant.turning_back('pg_tenant.confine_bypass_roles', 'on')
	WHERE current_setting('pg_tenant.confine_bypass_roles', true) = 'off'
	UNION ALL
	SELECT 'warning', 'missing_tenant_unnoticed', 'setting pg_tenant.on_missing_tenant',
		'A statement without a tenant sees no rows instead of an error: a forgotten tenant looks like an empty table.',
		tenant.turning_back('pg_tenant.on_missing_tenant', 'error')
	WHERE current_setting('pg_tenant.on_missing_tenant', true) = 'empty'
	UNION ALL
	SELECT 'info', 'unregistered_tenants_served', 'setting pg_tenant.require_registered',
		'Any id is served as a tenant; one that is not registered cannot be suspended.',
		tenant.turning_back('pg_tenant.require_registered', 'on')
	WHERE current_setting('pg_tenant.require_registered', true) = 'off'
$$;
COMMENT ON FUNCTION tenant.check_settings() IS 'Findings of tenant.check(): how the server is set up';

CREATE FUNCTION tenant.check_extension() RETURNS SETOF tenant.finding
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	SELECT 'warning', 'library_version', 'extension pg_tenant',
		format('Its objects are of version %s, its library of %s: update the extension, or restart a server that runs an old library.', e.extversion, l.version),
		CASE WHEN EXISTS (SELECT FROM pg_extension_update_paths('pg_tenant') u WHERE u.source = e.extversion AND u.target = l.version AND u.path IS NOT NULL)
			THEN format('ALTER EXTENSION pg_tenant UPDATE TO %L;', l.version) ELSE '' END
	FROM pg_extension e CROSS JOIN tenant.library() l WHERE e.extname = 'pg_tenant' AND e.extversion <> l.version
	UNION ALL
	SELECT 'critical', 'disabled_event_trigger', format('event trigger %I', evtname),
		'While it is disabled, new partitions and children of protected tables are open, or dropped tables stay declared.',
		format('ALTER EVENT TRIGGER %I ENABLE;', evtname)
	FROM pg_event_trigger WHERE evtname IN ('tenant_protect_new_parts', 'tenant_forget_dropped_tables') AND evtenabled NOT IN ('O', 'A')
	UNION ALL
	SELECT 'critical', 'disabled_registry_trigger', format('trigger %I on %s', tgname, tgrelid::regclass),
		'It tells sessions of changes of the registry, also of those that were replicated: without it a suspended tenant goes on.',
		format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I;', tgrelid::regclass, tgname)
	FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid AND c.relnamespace = 'tenant'::regnamespace
	WHERE NOT tgisinternal AND tgname LIKE 'announce\_%' AND tgenabled <> 'A'
	UNION ALL
	-- In place of the old one, so that the policies and defaults that call it stay.
	SELECT 'critical', 'altered_function', format('function %s', p.oid::regprocedure),
		'Policies call it, and it is not as the extension made it.',
		format('CREATE OR REPLACE FUNCTION %s RETURNS %s LANGUAGE c STABLE LEAKPROOF PARALLEL SAFE COST 1 AS ''$libdir/pg_tenant'', %L; ALTER FUNCTION %1$s OWNER TO %4$I;%5$s',
			p.oid::regprocedure, p.prorettype::regtype, 'pg_tenant_' || p.proname, super.rolname,
			CASE WHEN is_member THEN '' ELSE format(' ALTER EXTENSION pg_tenant ADD FUNCTION %s;', p.oid::regprocedure) END)
	FROM pg_proc p
	JOIN pg_language l ON l.oid = p.prolang
	JOIN pg_roles owner ON owner.oid = p.proowner
	JOIN pg_roles super ON super.oid = 10
	CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')) e (is_member)
	WHERE p.pronamespace = 'tenant'::regnamespace AND p.proname IN ('current_uuid', 'current_text', 'current_bigint', 'current_int')
		AND p.pronargs = 0 AND NOT (l.lanname = 'c' AND p.prosrc = 'pg_tenant_' || p.proname AND p.probin = '$libdir/pg_tenant'
			AND p.provolatile = 's' AND p.proleakproof AND p.proparallel = 's' AND NOT p.prosecdef AND p.proconfig IS NULL
			AND owner.rolsuper AND is_member)
$$;
COMMENT ON FUNCTION tenant.check_extension() IS 'Findings of tenant.check(): pg_tenant''s own parts';

CREATE FUNCTION tenant.check() RETURNS TABLE (severity text, code text, object text, message text, fix text)
	LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
	SELECT f.* FROM (
		SELECT * FROM tenant.check_open_tables() UNION SELECT * FROM tenant.check_columns()
		UNION SELECT * FROM tenant.check_policies() UNION SELECT * FROM tenant.check_keys() UNION SELECT * FROM tenant.check_code()
		UNION SELECT * FROM tenant.check_roles() UNION SELECT * FROM tenant.check_grants()
		UNION SELECT * FROM tenant.check_deletion() UNION SELECT * FROM tenant.check_companies() UNION SELECT * FROM tenant.check_replication() UNION SELECT * FROM tenant.check_settings()
		UNION SELECT * FROM tenant.check_extension()) f
	-- A policy in the way of protect() goes before what protects the same table.
	ORDER BY array_position(ARRAY['critical', 'warning', 'info'], f.severity), f.code <> 'wrong_isolation_policy', f.code COLLATE "C", f.object COLLATE "C",
		f.message COLLATE "C"
$$;
COMMENT ON FUNCTION tenant.check() IS 'Everything that can leak, worst first, with the SQL that mends it';
