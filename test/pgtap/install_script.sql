-- The install script as the catalogs have it: bodies of functions, search paths, grants, and that all of it belongs to the extension.
BEGIN;
-- Before the session has called a function in PL/pgSQL, as those of pgTAP are: later is too late for it.
LOAD 'plpgsql_check';
SELECT plan(9);
CREATE EXTENSION plpgsql_check;

SELECT is_empty($$SELECT p.oid::regprocedure, p.proconfig FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
	WHERE p.pronamespace = 'tenant'::regnamespace AND l.lanname <> 'c' AND p.proconfig[1] IS DISTINCT FROM 'search_path=pg_catalog, pg_temp'$$,
	'every function with a body looks names up in pg_catalog alone');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
	WHERE p.pronamespace = 'tenant'::regnamespace AND l.lanname NOT IN ('c', 'sql', 'plpgsql')$$, 'in no other language');
-- Names, types, dead code, results, and text that is put into commands unquoted.
SELECT is_empty($$SELECT p.oid::regprocedure, c.lineno, c.level, c.message, c.detail FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
	LEFT JOIN pg_trigger t ON t.tgfoid = p.oid
	CROSS JOIN LATERAL plpgsql_check_function_tb(p.oid, relid => coalesce(t.tgrelid,
		CASE p.prorettype WHEN 'trigger'::regtype THEN 'tenant.tenants'::regclass ELSE 0 END), security_warnings => true, extra_warnings => true, other_warnings => true,
		performance_warnings => true) c
	WHERE p.pronamespace = 'tenant'::regnamespace AND l.lanname = 'plpgsql'$$, 'plpgsql_check has nothing to say');
SELECT isnt_empty($$SELECT FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
	WHERE p.pronamespace = 'tenant'::regnamespace AND l.lanname = 'plpgsql'$$, 'of functions that it has seen');

CREATE TEMP VIEW owned AS
	SELECT 'pg_class'::regclass AS catalog, oid, relname::text AS name, relacl AS privileges FROM pg_class
		WHERE relnamespace = 'tenant'::regnamespace AND relkind IN ('r', 'v', 'm', 'S', 'f', 'p')
	UNION ALL SELECT 'pg_proc'::regclass, oid, oid::regprocedure::text, proacl FROM pg_proc WHERE pronamespace = 'tenant'::regnamespace
	UNION ALL SELECT 'pg_type'::regclass, oid, typname, coalesce(typacl, acldefault('T', typowner)) FROM pg_type t
		WHERE typnamespace = 'tenant'::regnamespace AND typcategory <> 'A' AND (typrelid = 0 OR typname LIKE '%bucket\_%')
	UNION ALL SELECT 'pg_event_trigger'::regclass, oid, evtname, NULL FROM pg_event_trigger WHERE evtname LIKE 'tenant\_%'
	UNION ALL SELECT 'pg_operator'::regclass, oid, oid::regoperator::text, NULL FROM pg_operator WHERE oprnamespace = 'tenant'::regnamespace;
SELECT is_empty($$SELECT o.* FROM owned o WHERE NOT EXISTS (SELECT FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
		AND d.refclassid = 'pg_extension'::regclass WHERE d.classid = o.catalog AND d.objid = o.oid AND d.deptype = 'e' AND e.extname = 'pg_tenant')$$,
	'what is in the schema belongs to the extension');
SELECT is_empty($$SELECT pg_describe_object(d.classid, d.objid, 0) FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
		AND d.refclassid = 'pg_extension'::regclass AND e.extname = 'pg_tenant'
	WHERE d.deptype = 'e' AND d.classid <> 'pg_event_trigger'::regclass
		AND (pg_identify_object(d.classid, d.objid, 0)).schema IS DISTINCT FROM 'tenant'$$, 'and the extension has nothing elsewhere');
SELECT is_empty($$SELECT o.name, a.grantee::regrole, a.privilege_type FROM owned o, aclexplode(o.privileges) a
	WHERE o.catalog = 'pg_class'::regclass AND a.grantee <> a.grantor AND NOT (a.privilege_type = 'SELECT'
		AND a.grantee IN ('tenant_admin'::regrole, 'tenant_reader'::regrole))$$, 'a table is read by tenant_admin and tenant_reader at most');
SELECT is_empty($$SELECT o.name, a.grantee FROM owned o, aclexplode(o.privileges) a WHERE o.name LIKE '%bucket\_%' AND a.grantee <> a.grantor$$,
	'the types that announce changes are nobody''s');
SELECT is_empty($$SELECT o.name, a.grantee FROM owned o, aclexplode(o.privileges) a WHERE a.is_grantable AND a.grantee <> a.grantor$$,
	'nobody may grant what he was granted');

SELECT * FROM finish();
ROLLBACK;
