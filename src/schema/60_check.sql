-- What the findings of tenant.check() share. A finding is one SELECT in a function check_*(); the codes are those of
-- doc/check.md. They read catalogs only, never a row of a tenant, and run as the extension's owner: who may call
-- check() needs no right to anything that it looks at. Whatever is quoted into a fix is quoted as a name.
CREATE TYPE tenant.finding AS (severity text, code text, object text, message text, fix text);
COMMENT ON TYPE tenant.finding IS 'A line of tenant.check()';

CREATE FUNCTION tenant.library(OUT version text, OUT loaded text)
	LANGUAGE c STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'pg_tenant_library';
COMMENT ON FUNCTION tenant.library() IS 'The version of the library, and what loaded it: shared or session preloading, or the first call (demand)';

CREATE FUNCTION tenant.preloading() RETURNS text
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	SELECT format('ALTER SYSTEM SET shared_preload_libraries = %s;', (SELECT string_agg(quote_literal(trim(library, ' "')), ', ' ORDER BY n)
		FROM unnest(string_to_array(nullif(current_setting('shared_preload_libraries'), ''), ',') || 'pg_tenant'::text) WITH ORDINALITY l (library, n)))
$$;
COMMENT ON FUNCTION tenant.preloading() IS 'The command that has the server load the library';

-- Of what hooks hold back: they are there from a session's first statement on, or only once something loaded them.
CREATE FUNCTION tenant.confined_severity() RETURNS text
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE WHEN loaded <> 'demand' AND current_setting('pg_tenant.confine_bypass_roles', true) IS DISTINCT FROM 'off'
		THEN 'info' ELSE 'warning' END FROM tenant.library()
$$;
COMMENT ON FUNCTION tenant.confined_severity() IS 'The severity of a finding of tenant.check() that hooks hold back';

-- The typed function of a tenant column, as protect() chooses it; NULL for a type that cannot hold a tenant id.
CREATE FUNCTION tenant.typed_function(column_type oid) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE column_type WHEN 'uuid'::regtype THEN 'tenant.current_uuid()'
		WHEN 'text'::regtype THEN 'tenant.current_text()' WHEN 'varchar'::regtype THEN 'tenant.current_text()'
		WHEN 'bigint'::regtype THEN 'tenant.current_bigint()' WHEN 'int'::regtype THEN 'tenant.current_int()' END
$$;
COMMENT ON FUNCTION tenant.typed_function(oid) IS 'What fills a tenant column of a type';

-- A column that looks like a tenant's: called tenant_id, or as one of a protected table and of its type.
CREATE FUNCTION tenant.likely_tenant_columns() RETURNS TABLE (tbl oid, tenant_column name, column_type oid, is_generated boolean)
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	SELECT DISTINCT ON (attrelid) attrelid, attname, atttypid, attgenerated <> '' OR attidentity <> ''
	FROM pg_attribute
	WHERE attnum > 0 AND NOT attisdropped AND attrelid >= 16384 AND (attname = 'tenant_id'
		OR (attname, atttypid) IN (SELECT p.tenant_column, p.column_type::oid FROM tenant.protected_tables p))
	ORDER BY attrelid, attname <> 'tenant_id', attnum
$$;
COMMENT ON FUNCTION tenant.likely_tenant_columns() IS 'Columns that are called like tenant columns, one for each relation';

-- The command that protects a table by that column; empty where protect() would refuse the column.
CREATE FUNCTION tenant.protecting(tbl oid, tenant_column name, column_type oid, is_generated boolean DEFAULT false) RETURNS text
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE WHEN tenant.typed_function(column_type) IS NULL OR is_generated THEN ''
		ELSE format('SELECT tenant.protect(%L, %L, %L);', tbl::regclass, tenant_column, column_type::regtype) END
$$;
COMMENT ON FUNCTION tenant.protecting(oid, name, oid, boolean) IS 'The command that protects a table, for a finding of tenant.check()';

-- Tables that hold rows of their own and that users made. What an extension brings is its business.
CREATE FUNCTION tenant.tables_of_users() RETURNS TABLE (tbl oid, kind "char", is_protected boolean)
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	SELECT c.oid, c.relkind, protected.tbl IS NOT NULL
	FROM pg_class c
	JOIN pg_namespace n ON n.oid = c.relnamespace
	LEFT JOIN tenant.protected_tables protected ON protected.tbl = c.oid
	WHERE c.relkind IN ('r', 'p', 'f', 'm') AND c.relpersistence <> 't' AND c.oid >= 16384
		AND n.nspname NOT IN ('tenant', 'information_schema') AND n.nspname !~ '^pg_'
		AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
$$;
COMMENT ON FUNCTION tenant.tables_of_users() IS 'Tables, foreign tables and materialized views that users made';

-- Each part with every table above it.
CREATE FUNCTION tenant.ancestors() RETURNS TABLE (tbl oid, ancestor oid)
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	WITH RECURSIVE above (tbl, ancestor) AS (
		SELECT inhrelid, inhparent FROM pg_inherits
		UNION SELECT above.tbl, i.inhparent FROM above JOIN pg_inherits i ON i.inhrelid = above.ancestor)
	SELECT above.tbl, above.ancestor FROM above JOIN pg_class c ON c.oid = above.tbl AND c.relkind IN ('r', 'p', 'f')
$$;
COMMENT ON FUNCTION tenant.ancestors() IS 'Partitions and children with the tables that they are parts of';

-- Views and materialized views over protected tables, at any depth.
CREATE FUNCTION tenant.views_over_protected() RETURNS SETOF oid
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	WITH RECURSIVE readers (relation) AS (
		SELECT p.tbl::oid FROM tenant.protected_tables p
		UNION SELECT r.ev_class FROM readers
			JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = readers.relation
				AND d.classid = 'pg_rewrite'::regclass
			JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_type = '1')
	SELECT relation FROM readers JOIN pg_class c ON c.oid = relation AND c.relkind IN ('v', 'm')
$$;
COMMENT ON FUNCTION tenant.views_over_protected() IS 'Views that read protected tables, directly or through other views';
