-- What must be as before a command or as after it, whatever befell it: a line for everything that counts, seen by a superuser under
-- row_security = off. What an isolate_tenant() that did not end leaves, until it is called again, is not shown: a trigger and the tables that it fills.
CREATE SCHEMA faults;
CREATE FUNCTION faults.rows_of(tbl regclass) RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
	told text;
BEGIN
	EXECUTE format('SELECT concat_ws('' '', count(*), md5(string_agg(t::text, chr(10) ORDER BY t::text))) FROM ONLY %s t', tbl) INTO told;
	RETURN told;
END
$$;

CREATE VIEW faults.left_tables AS
	SELECT DISTINCT d.refobjid AS oid FROM pg_trigger t JOIN pg_depend d ON d.classid = 'pg_trigger'::regclass AND d.objid = t.oid
		AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'n' WHERE t.tgname = 'pg_tenant_isolate';

CREATE VIEW faults.relations AS
	SELECT c.* FROM pg_class c WHERE relnamespace = 'shop'::regnamespace AND oid NOT IN (SELECT oid FROM faults.left_tables)
		AND oid NOT IN (SELECT indexrelid FROM pg_index WHERE indrelid IN (SELECT oid FROM faults.left_tables));

-- Numbers of objects in the names of others differ from one making of a table to the next.
CREATE FUNCTION faults.plain(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT regexp_replace(name, '\d{4,}', 'N', 'g') $$;

CREATE VIEW faults.lines AS
	WITH relations AS MATERIALIZED (SELECT * FROM faults.relations)
	SELECT format('%s is protected by %s', tbl, tenant_column) AS line FROM tenant.protected_tables WHERE tbl::oid NOT IN (SELECT oid FROM faults.left_tables)
	UNION ALL SELECT format('relation %s %s of %s: %s %s %s %s', relkind, relname, relowner::regrole, relrowsecurity, relforcerowsecurity, relacl,
		pg_get_expr(relpartbound, oid)) FROM relations
	UNION ALL SELECT format('column %s.%s %s: %s %s', relname, attname, atttypid::regtype, attnotnull, pg_get_expr(adbin, adrelid))
		FROM relations c JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0 LEFT JOIN pg_attrdef ON adrelid = c.oid AND adnum = attnum
		WHERE relkind IN ('r', 'p') AND NOT attisdropped
	UNION ALL SELECT format('policy %s of %s: %s %s %s', polname, relname, polpermissive, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
		FROM relations c JOIN pg_policy ON polrelid = c.oid
	UNION ALL SELECT format('trigger %s of %s: %s', faults.plain(tgname), relname, tgenabled)
		FROM relations c JOIN pg_trigger ON tgrelid = c.oid WHERE tgname <> 'pg_tenant_isolate'
	UNION ALL SELECT format('constraint %s of %s: %s %s', conname, relname, convalidated, pg_get_constraintdef(n.oid))
		FROM relations c JOIN pg_constraint n ON conrelid = c.oid
	UNION ALL SELECT format('rows of %s: %s', relname, faults.rows_of(oid)) FROM relations WHERE relkind = 'r'
	UNION ALL SELECT format('tenant %s %s %s', tenant_id, name, status) FROM tenant.tenants
	UNION ALL SELECT format('shared %s', relation) FROM tenant.shared_tables
	UNION ALL SELECT format('dangling %s %s', classid::regclass, objid) FROM pg_depend d
		WHERE refclassid = 'pg_class'::regclass AND NOT EXISTS (SELECT FROM pg_class WHERE oid = d.refobjid)
	UNION ALL SELECT format('dangling policy %s', polname) FROM pg_policy WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = polrelid)
	UNION ALL SELECT format('dangling label %s', objoid) FROM pg_seclabel WHERE classoid = 'pg_class'::regclass AND NOT EXISTS (SELECT FROM pg_class WHERE oid = objoid)
	UNION ALL SELECT format('prepared %s', gid) FROM pg_prepared_xacts;
CREATE FUNCTION faults.state() RETURNS text LANGUAGE sql SET search_path = pg_catalog AS $$ SELECT string_agg(line, E'\n' ORDER BY line) FROM faults.lines $$;

-- The same for tenant.check(), which reads catalogs alone and takes longer.
CREATE FUNCTION faults.findings() RETURNS text LANGUAGE sql SET search_path = pg_catalog AS $$
	SELECT string_agg(format('%s %s %s', severity, code, object), E'\n' ORDER BY severity, code, object) FROM tenant.check()
	WHERE object NOT IN (SELECT oid::regclass::text FROM faults.left_tables)
$$;

-- The tables that a tenant asks, and how many rows of his and of others they show.
CREATE FUNCTION faults.asked() RETURNS text LANGUAGE sql SET search_path = pg_catalog AS $$
	SELECT array_agg(tbl::text ORDER BY tbl::text)::text FROM tenant.protected_tables JOIN pg_class c ON c.oid = tbl
	WHERE NOT relispartition AND c.oid NOT IN (SELECT oid FROM faults.left_tables)
$$;
CREATE FUNCTION faults.count_rows(tables text[], tenant uuid) RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog SET app.include_deleted = on AS $$
DECLARE
	counts text[] := '{}';
	told text;
	asked text;
BEGIN
	FOREACH asked IN ARRAY tables LOOP
		EXECUTE format('SELECT %L || count(*) FILTER (WHERE tenant_id = $1) || ''+'' || count(*) FILTER (WHERE tenant_id <> $1) FROM %s', asked || ' ', asked)
			INTO told USING tenant;
		counts := counts || told;
	END LOOP;
	RETURN array_to_string(counts, ', ');
END
$$;
GRANT USAGE ON SCHEMA faults TO PUBLIC;
