-- Templates: rows of one tenant that are copied for a new one, with keys of their own.
CREATE TABLE tenant.template_tables (
	relation regclass PRIMARY KEY
);
COMMENT ON TABLE tenant.template_tables IS 'Tables whose rows provision(template => ...) copies';
SELECT pg_catalog.pg_extension_config_dump('tenant.template_tables', '');

-- What a function that runs as the registry's owner does to a table is for the table's owner to ask for.
CREATE FUNCTION tenant.require_owner(tbl regclass) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_table pg_class;
BEGIN
	SELECT * INTO found_table FROM pg_class WHERE oid = tbl;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '42P01', MESSAGE = 'there is no such table';
	END IF;
	IF NOT pg_has_role(tenant.acting_role()::name, found_table.relowner, 'USAGE') THEN
		RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('must be owner of table %s', tbl);
	END IF;
END
$$;
COMMENT ON FUNCTION tenant.require_owner(regclass) IS 'Raises 42501 unless the session acts as an owner of the table';

CREATE FUNCTION tenant.add_template_table(tbl regclass) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM tenant.require_owner(tbl);
	IF NOT EXISTS (SELECT FROM tenant.protected_tables p JOIN pg_class c ON c.oid = p.tbl
			WHERE p.tbl = add_template_table.tbl AND p.part_of IS NULL AND c.relkind IN ('r', 'p')) THEN
		RAISE EXCEPTION USING ERRCODE = '42809', MESSAGE = format('%s is no protected table of its own', tbl),
			DETAIL = 'A partition or child is copied with its parent; materialized views and foreign tables are not copied.';
	END IF;
	INSERT INTO tenant.template_tables VALUES (tbl) ON CONFLICT DO NOTHING;
	IF FOUND THEN
		PERFORM tenant.record_action(NULL, 'template_table_added', NULL, jsonb_build_object('table', tbl));
	END IF;
END
$$;
COMMENT ON FUNCTION tenant.add_template_table(regclass) IS 'Has rows of the table copied for tenants that are made from a template';

CREATE FUNCTION tenant.remove_template_table(tbl regclass) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM tenant.require_owner(tbl);
	DELETE FROM tenant.template_tables WHERE relation = tbl;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '42704', MESSAGE = format('rows of %s are not copied', tbl);
	END IF;
	PERFORM tenant.record_action(NULL, 'template_table_removed', NULL, jsonb_build_object('table', tbl));
END
$$;
COMMENT ON FUNCTION tenant.remove_template_table(regclass) IS 'Leaves rows of the table with their template';

CREATE FUNCTION tenant.run_for_new_tenant(tbl oid, id text, command text) RETURNS text
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_run_for_new_tenant';
COMMENT ON FUNCTION tenant.run_for_new_tenant(oid, text, text) IS 'Runs a command as the owner of a table, for a tenant that is being made; the first value that is not null';

-- With the children of each: a partitioned table's rows are read, and find their partition, through it.
CREATE FUNCTION tenant.copied_tables() RETURNS TABLE (relation regclass)
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	WITH RECURSIVE copied AS (
		SELECT t.relation FROM tenant.template_tables t
		UNION SELECT i.inhrelid::regclass FROM copied JOIN pg_inherits i ON i.inhparent = copied.relation
		JOIN pg_class c ON c.oid = i.inhrelid AND c.relkind = 'r' AND NOT c.relispartition
	)
	SELECT copied.relation FROM copied
$$;
COMMENT ON FUNCTION tenant.copied_tables() IS 'The template tables, and their children';

CREATE FUNCTION tenant.base_type(type oid) RETURNS regtype
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	WITH RECURSIVE types AS (
		SELECT t.oid, t.typbasetype FROM pg_type t WHERE t.oid = type
		UNION ALL SELECT t.oid, t.typbasetype FROM types JOIN pg_type t ON t.oid = types.typbasetype
	)
	SELECT oid::regtype FROM types WHERE typbasetype = 0
$$;
COMMENT ON FUNCTION tenant.base_type(oid) IS 'What a domain is made of, in the end; other types are themselves';

-- Columns of unique keys that give each new row a value of its own: a copy gets one too.
CREATE FUNCTION tenant.renewed_columns() RETURNS TABLE (tbl oid, number smallint, new_value text)
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	SELECT a.attrelid, a.attnum, CASE WHEN a.attidentity <> '' THEN
			format('pg_catalog.nextval(%L)', pg_get_serial_sequence(a.attrelid::regclass::text, a.attname)) ELSE e.expression END
	FROM tenant.copied_tables() t
	JOIN pg_attribute a ON a.attrelid = t.relation AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
	JOIN pg_type y ON y.oid = a.atttypid
	LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
	CROSS JOIN LATERAL (SELECT CASE WHEN d.oid IS NULL THEN pg_get_expr(y.typdefaultbin, 0) ELSE pg_get_expr(d.adbin, d.adrelid) END AS expression) e
	WHERE (a.attidentity <> '' OR e.expression ~ '\m(nextval|gen_random_uuid|uuidv[47]|uuid_generate_v\d\w*)\('
			OR EXISTS (SELECT FROM pg_depend p JOIN pg_proc f ON f.oid = p.refobjid AND f.provolatile = 'v' WHERE p.refclassid = 'pg_proc'::regclass
				AND (p.classid, p.objid) = (CASE WHEN d.oid IS NULL THEN 'pg_type'::regclass ELSE 'pg_attrdef'::regclass END::oid, coalesce(d.oid, y.oid))))
		AND tenant.base_type(a.atttypid) IN ('uuid'::regtype, 'bigint'::regtype, 'integer'::regtype, 'smallint'::regtype, 'text'::regtype, 'varchar'::regtype)
		AND EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisunique AND a.attnum = ANY (i.indkey))
$$;
COMMENT ON FUNCTION tenant.renewed_columns() IS 'Columns of template tables that get new values when rows are copied, and which';

-- Those, and what references them, directly or through other references: the column whose new values it takes.
CREATE FUNCTION tenant.remapped_columns() RETURNS TABLE (tbl oid, number smallint, source text)
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	WITH RECURSIVE pairs AS (
		SELECT c.conrelid, pair.own, c.confrelid, pair.other FROM pg_constraint c CROSS JOIN LATERAL unnest(c.conkey, c.confkey) pair (own, other)
		WHERE c.contype = 'f' AND c.conparentid = 0 AND c.conrelid IN (SELECT relation FROM tenant.copied_tables())
	), remapped AS (
		SELECT r.tbl, r.number, format('%s.%s', r.tbl, r.number) AS source FROM tenant.renewed_columns() r
		UNION SELECT p.conrelid, p.own, r.source FROM remapped r JOIN pairs p ON p.confrelid = r.tbl AND p.other = r.number
	)
	-- A column that references another one takes what that one gets.
	SELECT DISTINCT ON (r.tbl, r.number) r.tbl, r.number, r.source FROM remapped r
	ORDER BY r.tbl, r.number, r.source = format('%s.%s', r.tbl, r.number), r.source
$$;
COMMENT ON FUNCTION tenant.remapped_columns() IS 'Columns of template tables whose values change when rows are copied, and after which column';

-- The rows x of a template, for FROM.
CREATE FUNCTION tenant.template_rows(tbl oid, template text) RETURNS text
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	SELECT format('%s x WHERE x.%I OPERATOR(pg_catalog.=) %L::%s%s', tenant.key_table(tbl), p.tenant_column, template,
		format_type(p.column_type, NULL), CASE WHEN d.deleted_column IS NOT NULL THEN format(' AND x.%I IS NULL', d.deleted_column) ELSE '' END)
	FROM tenant.protection_of(tbl) p CROSS JOIN LATERAL tenant.deletion_of(tbl) d
$$;
COMMENT ON FUNCTION tenant.template_rows(oid, text) IS 'The rows of a tenant in a table that are not deleted, as SQL';

CREATE FUNCTION tenant.new_keys_command(tbl oid, number smallint, new_value text, template text) RETURNS text
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	SELECT format('SELECT pg_catalog.jsonb_object_agg(k.old, k.new) FROM (SELECT x.%1$I::pg_catalog.text AS old, (%2$s)::pg_catalog.text AS new FROM %3$s) k'
		' WHERE k.old IS NOT NULL', a.attname, new_value, tenant.template_rows(tbl, template))
	FROM pg_attribute a WHERE a.attrelid = tbl AND a.attnum = number
$$;
COMMENT ON FUNCTION tenant.new_keys_command(oid, smallint, text, text) IS 'The query that gives each value of a column a new one';

-- `keys`: for each renewed column its new values by the old ones. A row that has none came in between, and is not copied.
CREATE FUNCTION tenant.copy_command(tbl oid, template text, id text, keys jsonb) RETURNS text
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	SELECT format('WITH keys AS MATERIALIZED (SELECT %s) INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM keys, %s%s',
		coalesce(string_agg(format('%L::pg_catalog.jsonb AS k%s', coalesce(keys -> r.source, '{}'), a.attnum), ', ') FILTER (WHERE r.source IS NOT NULL), 'NULL'),
		copy_command.tbl::regclass, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
		string_agg(CASE WHEN a.attname = p.tenant_column THEN format('%L::%s', id, format_type(p.column_type, NULL))
			WHEN r.source IS NOT NULL THEN format('coalesce((keys.k%s OPERATOR(pg_catalog.->>) x.%I::pg_catalog.text)::%s, x.%2$I)', a.attnum, a.attname,
				format_type(a.atttypid, a.atttypmod))
			ELSE format('x.%I', a.attname) END, ', ' ORDER BY a.attnum),
		tenant.template_rows(copy_command.tbl, template),
		string_agg(format(' AND (x.%2$I IS NULL OR pg_catalog.jsonb_exists(keys.k%1$s, x.%2$I::pg_catalog.text))', a.attnum, a.attname), '' ORDER BY a.attnum)
			FILTER (WHERE r.source = format('%s.%s', a.attrelid, a.attnum)))
		-- Last, what a trigger has made of it: false for another tenant's row.
		|| format(' RETURNING nullif(%I OPERATOR(pg_catalog.=) %L::%s, true)', p.tenant_column, id, format_type(p.column_type, NULL))
	FROM tenant.protection_of(copy_command.tbl) p
	JOIN pg_attribute a ON a.attrelid = copy_command.tbl AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
	LEFT JOIN tenant.remapped_columns() r ON r.tbl = a.attrelid AND r.number = a.attnum AND a.attname <> p.tenant_column
	GROUP BY p.tenant_column, p.column_type
$$;
COMMENT ON FUNCTION tenant.copy_command(oid, text, text, jsonb) IS 'The statement that copies a template''s rows of a table';

CREATE FUNCTION tenant.is_id_of_type(id text, column_type oid) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE column_type WHEN 'uuid'::regtype THEN id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
		WHEN 'bigint'::regtype THEN id ~ '^(0|-?[1-9]\d{0,18})$' AND id::numeric BETWEEN -9223372036854775808 AND 9223372036854775807
		WHEN 'int'::regtype THEN id ~ '^(0|-?[1-9]\d{0,9})$' AND id::numeric BETWEEN -2147483648 AND 2147483647 ELSE true END
$$;
COMMENT ON FUNCTION tenant.is_id_of_type(text, oid) IS 'Whether a tenant''s id is a value of a tenant column';

-- Before anything is copied: what cannot be.
CREATE FUNCTION tenant.check_template(template text, id text) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	misfit regclass;
	circle text;
BEGIN
	SELECT t.relation INTO misfit FROM tenant.copied_tables() t CROSS JOIN LATERAL tenant.protection_of(t.relation) p
		WHERE p.tenant_column IS NULL LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '55000', MESSAGE = format('template table %s is not protected any more', misfit),
			HINT = format('SELECT tenant.remove_template_table(%L);', misfit);
	END IF;
	SELECT t.relation INTO misfit FROM tenant.copied_tables() t CROSS JOIN LATERAL tenant.protection_of(t.relation) p
		WHERE NOT tenant.is_id_of_type(id, p.column_type) AND tenant.is_id_of_type(template, p.column_type) LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = format('tenant id "%s" does not fit the tenant column of %s', id, misfit),
			DETAIL = 'Rows of the template are to be copied there.';
	END IF;
	SELECT string_agg(DISTINCT c.conname, ', ') INTO circle
		FROM tenant.removal_order(ARRAY(SELECT relation::oid FROM tenant.copied_tables())) own
		JOIN tenant.removal_order(ARRAY(SELECT relation::oid FROM tenant.copied_tables())) other ON other.place = own.place AND other.tbl <> own.tbl
		JOIN pg_constraint c ON c.contype = 'f' AND c.conrelid = own.tbl AND c.confrelid = other.tbl AND NOT c.condeferred;
	IF circle IS NOT NULL THEN
		RAISE EXCEPTION USING ERRCODE = '0A000', MESSAGE = 'template tables reference each other in a circle',
			DETAIL = format('Their foreign keys are checked row by row: %s.', circle),
			HINT = 'ALTER TABLE ... ALTER CONSTRAINT ... DEFERRABLE INITIALLY DEFERRED;';
	END IF;
END
$$;
COMMENT ON FUNCTION tenant.check_template(text, text) IS 'Raises an error unless rows of template tables can be copied';

CREATE FUNCTION tenant.copy_template(template text, id text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	source CONSTANT text := tenant.canonical_id(template);
	state text;
	keys jsonb := '{}'::jsonb;
	part record;
BEGIN
	-- Nobody deletes or purges it meanwhile; others may copy it too.
	SELECT status INTO state FROM tenant.tenants t WHERE t.tenant_id = source AND t.tenant_id <> id FOR SHARE;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = 'TN002', MESSAGE = format('template tenant "%s" is not registered', source);
	END IF;
	IF state = 'deleted' THEN
		RAISE EXCEPTION USING ERRCODE = 'TN010', MESSAGE = format('cannot copy tenant "%s", which is deleted', source);
	END IF;
	PERFORM tenant.check_template(source, id);
	FOR part IN SELECT r.tbl, r.number, r.new_value FROM tenant.renewed_columns() r CROSS JOIN LATERAL tenant.protection_of(r.tbl) p
			WHERE tenant.is_id_of_type(source, p.column_type) LOOP
		keys := keys || jsonb_build_object(format('%s.%s', part.tbl, part.number), coalesce(tenant.run_for_new_tenant(part.tbl, id,
			tenant.new_keys_command(part.tbl, part.number, part.new_value, source))::jsonb, '{}'));
	END LOOP;
	-- What is referenced comes first: the order of removal, turned round.
	FOR part IN SELECT o.tbl FROM tenant.removal_order(ARRAY(SELECT relation::oid FROM tenant.copied_tables())) o
			CROSS JOIN LATERAL tenant.protection_of(o.tbl) p
			WHERE tenant.is_id_of_type(source, p.column_type) ORDER BY o.place DESC LOOP
		IF tenant.run_for_new_tenant(part.tbl, id, tenant.copy_command(part.tbl, source, id, keys)) IS NOT NULL THEN
			RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('a row that is copied to %s became another tenant''s', part.tbl::regclass),
				DETAIL = 'A trigger of the table has changed it.';
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION tenant.copy_template(text, text) IS 'Copies a template''s rows for a new tenant';
