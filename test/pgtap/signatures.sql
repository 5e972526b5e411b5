-- Every function of schema tenant: arguments, defaults, result, volatility, who may call it, comment.
BEGIN;
SELECT plan(468);

CREATE TEMP TABLE expected (name text, arguments text, result text, label text, callers text) ON COMMIT DROP;
INSERT INTO expected VALUES
	('set', 'tenant_id text, is_local boolean DEFAULT true', 'text', 'volatile unsafe', 'PUBLIC'),
	('clear', '', 'void', 'volatile unsafe', 'PUBLIC'),
	('current_id', '', 'text', 'stable safe leakproof', 'PUBLIC'),
	('require_id', '', 'text', 'stable safe', 'PUBLIC'),
	('current_uuid', '', 'uuid', 'stable safe leakproof', 'PUBLIC'),
	('current_text', '', 'text', 'stable safe leakproof', 'PUBLIC'),
	('current_bigint', '', 'bigint', 'stable safe leakproof', 'PUBLIC'),
	('current_int', '', 'integer', 'stable safe leakproof', 'PUBLIC'),
	('identity', 'OUT platform_id text, OUT tenant_id text, OUT tenant_name text, OUT request_id text, '
		'OUT trace_id text, OUT span_id text', 'record', 'stable restricted', 'PUBLIC'),
	('set_from_headers', 'headers jsonb, require text DEFAULT ''tenant_id''::text, is_local boolean DEFAULT true',
		'text', 'volatile unsafe', 'PUBLIC'),
	('seal', 'session boolean DEFAULT false', 'text', 'volatile unsafe', 'PUBLIC'),
	('unseal', 'token text', 'boolean', 'volatile unsafe', 'PUBLIC'),
	('set_from_jwt', 'token text, is_local boolean DEFAULT true', 'text', 'volatile unsafe', 'PUBLIC'),
	('context_headers', '', 'jsonb', 'stable restricted', 'PUBLIC'),
	('execute', 'tenant_id text, command text', 'bigint', 'volatile unsafe', 'PUBLIC'),
	('query', 'tenant_id text, query text', 'SETOF jsonb', 'volatile unsafe', 'PUBLIC'),
	('canonical_id', 'tenant_id text', 'text', 'immutable safe', 'PUBLIC'),
	('run_copy', '', 'void', 'volatile unsafe', 'PUBLIC'),
	('own_row_uuid', 'value uuid, tbl text', 'boolean', 'stable safe', 'PUBLIC'),
	('own_row_text', 'value text, tbl text', 'boolean', 'stable safe', 'PUBLIC'),
	('own_row_bigint', 'value bigint, tbl text', 'boolean', 'stable safe', 'PUBLIC'),
	('own_cascaded_row', 'is_own boolean, tbl text', 'boolean', 'stable safe', 'PUBLIC'),
	('explain_barrier', 'query text, OUT relation text, OUT filter text, OUT kept_by text', 'SETOF record', 'volatile unsafe', 'PUBLIC'),
	('hides_statistics', 'catalog oid, object oid', 'boolean', 'stable restricted strict', 'PUBLIC'),
	('protect', 'tbl regclass, tenant_column name DEFAULT ''tenant_id''::name, column_type regtype DEFAULT '
		'''uuid''::regtype, register boolean DEFAULT false, assign_to text DEFAULT NULL::text, '
		'open boolean DEFAULT NULL::boolean, fix_keys boolean DEFAULT false, partitions integer DEFAULT NULL::integer', 'void', 'volatile unsafe', 'tenant_admin'),
	('unprotect', 'tbl regclass', 'void', 'volatile unsafe', 'tenant_admin'),
	('share', 'tbl regclass', 'void', 'volatile unsafe', 'tenant_admin'),
	('protection_of', 'tbl oid, OUT tenant_column name, OUT column_type regtype', 'record',
		'stable restricted strict', 'tenant_admin tenant_reader'),
	('provision', 'tenant_id text DEFAULT (gen_random_uuid())::text, name text DEFAULT NULL::text, '
		'platform_id text DEFAULT NULL::text, domains text[] DEFAULT ''{}''::text[], config jsonb DEFAULT '
		'''{}''::jsonb, activate boolean DEFAULT true', 'tenant.tenants', 'volatile unsafe', 'tenant_admin'),
	('activate', 'id text', 'tenant.tenants', 'volatile unsafe', 'tenant_admin'),
	('suspend', 'id text, reason text DEFAULT NULL::text', 'tenant.tenants', 'volatile unsafe', 'tenant_admin'),
	('resume', 'id text', 'tenant.tenants', 'volatile unsafe', 'tenant_admin'),
	('add_resource', 'id text, type text, resource_id text', 'void', 'volatile unsafe', 'tenant_admin'),
	('remove_resource', 'id text, type text, resource_id text', 'void', 'volatile unsafe', 'tenant_admin'),
	('grant_tenant', 'role regrole, tenant_id text', 'void', 'volatile unsafe', 'tenant_admin'),
	('revoke_tenant', 'role regrole, tenant_id text', 'void', 'volatile unsafe', 'tenant_admin'),
	('list', 'resource_type text DEFAULT NULL::text', 'TABLE(tenant_id text, name text, platform_id text, '
		'config jsonb, revision bigint, resources jsonb)', 'stable safe', 'tenant_admin tenant_reader'),
	('stat_all_tenants', 'OUT statements bigint, OUT last_at timestamp with time zone', 'record', 'volatile safe', 'tenant_admin tenant_reader'),
	('check', '', 'TABLE(severity text, code text, object text, message text, fix text)', 'stable restricted', 'tenant_admin tenant_reader'),
	-- What the extension calls itself, and nobody else.
	('library', 'OUT version text, OUT loaded text', 'record', 'stable restricted', ''),
	('confined_severity', '', 'text', 'stable restricted', ''),
	('typed_function', 'column_type oid', 'text', 'immutable safe', ''),
	('likely_tenant_columns', '', 'TABLE(tbl oid, tenant_column name, column_type oid, is_generated boolean)', 'stable restricted', ''),
	('protecting', 'tbl oid, tenant_column name, column_type oid, is_generated boolean DEFAULT false', 'text', 'stable restricted', ''),
	('tables_of_users', '', 'TABLE(tbl oid, kind "char", is_protected boolean)', 'stable restricted', ''),
	('isolate_tenant', 'IN tbl regclass, IN id text, IN batch integer DEFAULT 10000', NULL, 'volatile unsafe', 'tenant_admin'),
	('repeat_row', '', 'trigger', 'volatile unsafe', ''),
	('partition_obstacles', 'tbl oid, tenant_column name', 'TABLE(obstacle text, fix text)', 'stable restricted', ''),
	('table_definition', 'tbl oid', 'TABLE(step text, command text)', 'stable restricted', ''),
	('ancestors', '', 'TABLE(tbl oid, ancestor oid)', 'stable restricted', ''),
	('views_over_protected', '', 'SETOF oid', 'stable restricted', ''),
	('is_risky_setting', 'setting text', 'boolean', 'immutable safe', ''),
	('grants_on_protected', 'privilege text', 'TABLE(tbl regclass, holder text, revoking text)', 'stable restricted', ''),
	('turning_back', 'changed text, value text', 'text', 'stable restricted', ''),
	('check_open_tables', '', 'SETOF tenant.finding', 'stable restricted', ''),
	('check_columns', '', 'SETOF tenant.finding', 'stable restricted', ''),
	('check_policies', '', 'SETOF tenant.finding', 'stable restricted', ''),
	('check_keys', '', 'SETOF tenant.finding', 'stable restricted', ''),
	('check_code', '', 'SETOF tenant.finding', 'stable restricted', ''),
	('check_roles', '', 'SETOF tenant.finding', 'stable restricted', ''),
	('check_grants', '', 'SETOF tenant.finding', 'stable restricted', ''),
	('check_replication', '', 'SETOF tenant.finding', 'stable restricted', ''),
	('check_settings', '', 'SETOF tenant.finding', 'stable restricted', ''),
	('check_extension', '', 'SETOF tenant.finding', 'stable restricted', ''),
	('is_valid_name', 'name text', 'boolean', 'immutable safe strict', ''),
	('lock_for_step', 'id text, allowed text[], step text', 'tenant.tenants', 'volatile unsafe', ''),
	('take_step', 'id text, step text, allowed text, becomes text, reason text', 'tenant.tenants', 'volatile unsafe', ''),
	('check_resource', 'type text, resource_id text', 'void', 'immutable safe', ''),
	('add_jwt_key', 'key_id text, algorithm text, key text, issuer text DEFAULT NULL::text, audience text DEFAULT NULL::text, '
		'tenant_claim text DEFAULT ''tenant_id''::text', 'void', 'volatile unsafe', ''),
	('remove_jwt_key', 'key_id text', 'void', 'volatile unsafe', ''),
	('check_jwt_key', 'algorithm text, key text', 'void', 'immutable safe', ''),
	('trust', 'function regprocedure, reason text', 'void', 'volatile unsafe', ''),
	('distrust', 'function regprocedure', 'void', 'volatile unsafe', ''),
	('signature_of', 'function regprocedure', 'text', 'stable safe', ''),
	('listed_functions', 'OUT function regprocedure, OUT why text, OUT condition text', 'SETOF record', 'stable restricted',
		'tenant_admin tenant_reader'),
	('definition_of', 'function oid', 'text', 'stable restricted strict', 'tenant_admin tenant_reader'),
	('announce_trust', '', 'trigger', 'volatile unsafe', ''),
	('announce_grants', '', 'trigger', 'volatile unsafe', ''),
	('announce_change', '', 'trigger', 'volatile unsafe', ''),
	('check_reference', '', 'trigger', 'volatile unsafe', ''),
	('check_referenced', '', 'trigger', 'volatile unsafe', ''),
	('protect_new_parts', '', 'event_trigger', 'volatile unsafe', ''),
	('forget_dropped_tables', '', 'event_trigger', 'volatile unsafe', '');

CREATE TEMP VIEW present AS
	SELECT p.oid, p.proname::text AS name, pg_get_function_arguments(p.oid) AS arguments,
		pg_get_function_result(p.oid) AS result,
		CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END
			|| CASE p.proparallel WHEN 's' THEN ' safe' WHEN 'r' THEN ' restricted' ELSE ' unsafe' END
			|| CASE WHEN p.proleakproof THEN ' leakproof' ELSE '' END
			|| CASE WHEN p.proisstrict THEN ' strict' ELSE '' END AS label,
		coalesce((SELECT string_agg(CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END, ' '
				ORDER BY grantee::regrole::text)
			FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner)))
			WHERE privilege_type = 'EXECUTE' AND grantee <> p.proowner), '') AS callers,
		p.prosecdef, p.proconfig, p.prolang
	FROM pg_proc p WHERE p.pronamespace = 'tenant'::regnamespace;

SELECT bag_eq('SELECT name FROM present',
	'SELECT name FROM expected', 'schema tenant has these functions, each name once');

SELECT is(p.arguments, e.arguments, format('arguments of tenant.%s', e.name))
	FROM expected e LEFT JOIN present p USING (name) ORDER BY e.name;
SELECT is(p.result, e.result, format('result of tenant.%s', e.name))
	FROM expected e LEFT JOIN present p USING (name) ORDER BY e.name;
SELECT is(p.label, e.label, format('volatility and parallel label of tenant.%s', e.name))
	FROM expected e LEFT JOIN present p USING (name) ORDER BY e.name;
SELECT is(p.callers, e.callers, format('who may call tenant.%s', e.name))
	FROM expected e LEFT JOIN present p USING (name) ORDER BY e.name;
SELECT isnt(coalesce(obj_description(p.oid, 'pg_proc'), ''), '', format('tenant.%s has a comment', e.name))
	FROM expected e LEFT JOIN present p USING (name) ORDER BY e.name;

-- A SECURITY DEFINER function must not look names up along its caller's search path.
SELECT is(proconfig[1], 'search_path=pg_catalog, pg_temp', format('search path of tenant.%s', name))
	FROM present WHERE prosecdef ORDER BY name;
-- These run with the caller's privileges: only so are ownership and grants the caller's.
SELECT is(prosecdef, false, format('tenant.%s is SECURITY INVOKER', name)) FROM present
	WHERE name IN ('set', 'clear', 'set_from_headers', 'execute', 'query', 'seal', 'unseal', 'protect', 'unprotect', 'share', 'isolate_tenant') ORDER BY name;
-- A context function in SQL would be inlined, and then read the setting in the middle of a statement.
SELECT is((SELECT lanname FROM pg_language l WHERE l.oid = p.prolang), 'c', format('tenant.%s is written in C', name))
	FROM present p WHERE name LIKE 'current\_%' ORDER BY name;

-- Tables, views and event triggers.
SELECT bag_eq($$SELECT relname::text, relkind::text FROM pg_class WHERE relnamespace = 'tenant'::regnamespace
		AND relkind NOT IN ('i', 'c') ORDER BY relname COLLATE "C"$$,
	$$VALUES ('key_checks', 'v'), ('protected_foreign_keys', 'v'), ('protected_tables', 'v'), ('jwt_keys', 'r'), ('operator_trust', 'r'), ('resources', 'v'), ('role_grants', 'r'),
		('role_tenants', 'v'), ('shared_tables', 'r'), ('tenant_resources', 'r'), ('tenants', 'r'), ('trusted_operators', 'v'), ('unsafe_foreign_keys', 'v'), ('unsafe_keys', 'v'),
		('unsafe_unique_keys', 'v')$$, 'schema tenant has these tables and views');
SELECT isnt(coalesce(obj_description(oid, 'pg_class'), ''), '', format('%s has a comment', oid::regclass))
	FROM pg_class WHERE relnamespace = 'tenant'::regnamespace AND relkind NOT IN ('i', 'c') ORDER BY relname;
SELECT isnt(coalesce(obj_description(oid, 'pg_event_trigger'), ''), '', format('event trigger %s has a comment', evtname))
	FROM pg_event_trigger WHERE evtname LIKE 'tenant\_%' ORDER BY evtname;
SELECT isnt(coalesce(obj_description('tenant'::regnamespace, 'pg_namespace'), ''), '', 'the schema has a comment');

SELECT columns_are('tenant', 'tenants', ARRAY['tenant_id', 'name', 'platform_id', 'status', 'status_reason', 'domains',
	'config', 'revision', 'created_at', 'updated_at', 'activated_at', 'suspended_at', 'deleted_at']);
SELECT col_is_pk('tenant', 'tenants', 'tenant_id', 'a tenant is registered once');
SELECT columns_are('tenant', 'protected_tables', ARRAY['tbl', 'tenant_column', 'column_type', 'open', 'part_of']);
SELECT columns_are('tenant', 'unsafe_keys', ARRAY['tbl', 'name', 'kind', 'fix', 'checked']);
SELECT columns_are('tenant', 'role_tenants', ARRAY['role', 'tenant_id']);
SELECT columns_are('tenant', 'resources', ARRAY['tenant_id', 'type', 'resource_id', 'created_at', 'status']);

SELECT * FROM finish();
ROLLBACK;
