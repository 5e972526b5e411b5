-- All that isolation rests on, and every row, as text that is the same in each database that holds the same.
\pset tuples_only on
\pset format unaligned
\set VERBOSITY terse
SET row_security = off;
SET search_path = '';
CREATE FUNCTION pg_temp.hash_of(tbl regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	hash text;
BEGIN
	EXECUTE pg_catalog.format('SELECT count(*) || '' '' || md5(string_agg(t::text, '','' ORDER BY t::text COLLATE "C")) FROM ONLY %s t', tbl) INTO hash;
	RETURN hash;
END
$$;
-- Of an owner's own privileges majors know different ones, and in what order a dump grants is its business.
CREATE FUNCTION pg_temp.sorted(acl aclitem[], owner oid) RETURNS text LANGUAGE sql AS
	$$SELECT string_agg(a::text, ',' ORDER BY a::text COLLATE "C") FROM unnest(acl) a WHERE a::text NOT LIKE quote_ident(pg_get_userbyid(owner)) || '=%'$$;
SELECT 'rows', c.oid::regclass::text AS name, pg_temp.hash_of(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
	WHERE (nspname = 'shop' OR c.oid IN ('tenant.tenants'::regclass, 'tenant.tenant_resources'::regclass, 'tenant.jwt_keys'::regclass, 'tenant.operator_trust'::regclass))
		AND (relkind = 'r' OR relkind = 'm' AND relispopulated) ORDER BY name;
SELECT 'table', c.oid::regclass::text AS name, relkind, relowner::regrole, relrowsecurity, relforcerowsecurity, pg_temp.sorted(relacl, relowner), pg_get_expr(relpartbound, c.oid),
	(SELECT string_agg(inhparent::regclass::text, ',' ORDER BY inhseqno) FROM pg_inherits WHERE inhrelid = c.oid)
	FROM pg_class c WHERE relnamespace = 'shop'::regnamespace AND relkind <> 'i' ORDER BY name;
SELECT 'column', attrelid::regclass::text AS name, attname, format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated, attacl, pg_get_expr(adbin, adrelid)
	FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum JOIN pg_class c ON c.oid = attrelid
	WHERE relnamespace = 'shop'::regnamespace AND attnum > 0 AND NOT attisdropped AND relkind <> 'i' ORDER BY name, attname;
SELECT 'policy', polrelid::regclass::text AS name, polname, polpermissive, polcmd, polroles::regrole[], pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
	FROM pg_policy ORDER BY name, polname;
-- The index of a table with a foreign partition is not valid where it was restored, though each partition that can have one has it.
SELECT 'index', pg_get_indexdef(indexrelid), indisvalid OR relkind = 'p', indisunique FROM pg_index JOIN pg_class c ON c.oid = indrelid
	WHERE relnamespace = 'shop'::regnamespace ORDER BY indexrelid::regclass::text;
SELECT 'constraint', conrelid::regclass::text AS name, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint
	WHERE connamespace = 'shop'::regnamespace AND contype <> 'n' ORDER BY name, conname;
-- Of the checks of keys only those that are wanted: one too many checks nothing, and stays where a parallel restore has its table locked.
SELECT 'trigger', tgrelid::regclass::text AS name, proname, conname, tgdeferrable, tginitdeferred, tgenabled, tgtype FROM pg_trigger t JOIN pg_proc p ON p.oid = tgfoid
	LEFT JOIN pg_constraint c ON c.oid = tgconstraint WHERE proname NOT IN ('check_reference', 'check_referenced') ORDER BY name, proname, conname, tgtype;
SELECT 'event trigger', evtname, evtenabled, evtfoid::regprocedure FROM pg_event_trigger ORDER BY evtname;
SELECT 'label', objoid::regclass::text AS name, attname, provider, label FROM pg_seclabel LEFT JOIN pg_attribute ON attrelid = objoid AND attnum = objsubid
	WHERE classoid = 'pg_class'::regclass ORDER BY name;
SELECT 'function', oid::regprocedure::text AS name, proowner::regrole, prosecdef, proleakproof, pg_temp.sorted(coalesce(proacl, acldefault('f', proowner)), proowner) FROM pg_proc
	WHERE pronamespace IN ('tenant'::regnamespace, 'shop'::regnamespace) ORDER BY name;
SELECT 'protected', tbl::text AS name, tenant_column, column_type, open, part_of FROM tenant.protected_tables ORDER BY name;
SELECT 'shared', relation::text AS name FROM tenant.shared_tables ORDER BY name;
SELECT 'granted', r.* FROM tenant.role_tenants r ORDER BY r::text;
SELECT 'trusted', t.* FROM tenant.trusted_operators t ORDER BY t::text;
SELECT 'key', tbl::text AS name, u.name, kind, fix, checked FROM tenant.unsafe_keys u ORDER BY 2, 3;
SELECT 'key check', conname, relation::regclass::text AS name, function::regproc, spans, enabled, tgdeferrable, tginitdeferred, tgtype
	FROM tenant.key_checks k JOIN pg_constraint c ON c.oid = k.key LEFT JOIN pg_trigger t ON t.oid = present ORDER BY 2, 3, 4;
SELECT 'found', severity, code, object, message, fix FROM tenant.check() ORDER BY severity, code, object, message;
