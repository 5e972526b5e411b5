-- What it takes to make a table again as a partitioned one. Read before anything is changed: names stay, so the commands fit both tables.
CREATE FUNCTION tenant.partition_obstacles(tbl oid, tenant_column name) RETURNS TABLE (obstacle text, fix text)
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	WITH it AS (SELECT c.*, c.oid::regclass::text AS called,
			(SELECT attnum FROM pg_attribute WHERE attrelid = c.oid AND attname = tenant_column) AS tenant
		FROM pg_class c WHERE c.oid = tbl)
	SELECT 'It is a partition, or has parents or children.', format('ALTER TABLE %s NO INHERIT ...;', coalesce(inhrelid, tbl)::regclass)
		FROM pg_inherits WHERE tbl IN (inhrelid, inhparent)
	UNION ALL SELECT 'It is temporary.', format('CREATE TABLE %I ...;', relname) FROM it WHERE relpersistence = 't'
	UNION ALL SELECT 'It is a typed table.', format('ALTER TABLE %s NOT OF;', called) FROM it WHERE reloftype <> 0
	UNION ALL SELECT 'Its replica identity is an index.', format('ALTER TABLE %s REPLICA IDENTITY DEFAULT;', called)
		FROM it WHERE relreplident = 'i'
	UNION ALL SELECT 'It is marked to be clustered by an index.', format('ALTER TABLE %s SET WITHOUT CLUSTER;', called)
		FROM it JOIN pg_index ON indrelid = tbl WHERE indisclustered
	UNION ALL SELECT format('Index "%s" is not valid.', i.relname), format('DROP INDEX %s;', i.oid::regclass)
		FROM pg_index x JOIN pg_class i ON i.oid = indexrelid WHERE indrelid = tbl AND NOT indisvalid
	UNION ALL SELECT CASE WHEN contype = 'x' THEN format('Constraint "%s" excludes rows by an index of its own.', conname)
			WHEN NOT convalidated THEN format('Constraint "%s" is not valid.', conname)
			ELSE format('Constraint "%s" is not for partitions.', conname) END,
		format(CASE WHEN convalidated THEN 'ALTER TABLE %s DROP CONSTRAINT %I;' ELSE 'ALTER TABLE %s VALIDATE CONSTRAINT %I;' END,
			conrelid::regclass, conname)
		FROM pg_constraint WHERE conrelid = tbl AND (contype = 'x' OR NOT convalidated OR (connoinherit AND contype IN ('c', 'n')))
	-- Where the tenant joins a key, a foreign key without it has nothing to refer to.
	UNION ALL SELECT format('Foreign key "%s" of "%s" references a key that does not have column "%s".', conname, conrelid::regclass, tenant_column),
		-- Nor is there anything to pair it with while the table that has the foreign key is not protected.
		CASE WHEN EXISTS (SELECT FROM tenant.protected_tables p WHERE p.tbl = conrelid)
			THEN format('SELECT tenant.protect(%L, %L, fix_keys => true);', called, tenant_column)
			ELSE format('SELECT tenant.protect(%L, %L, %L);', conrelid::regclass, tenant_column,
				(SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = tbl AND attnum = tenant)) END
		FROM it JOIN pg_constraint ON confrelid = tbl WHERE contype = 'f' AND tenant <> ALL (confkey)
	UNION ALL SELECT format('Trigger "%s" has transition tables, for each row.', tgname), format('DROP TRIGGER %I ON %s;', tgname, called)
		FROM it JOIN pg_trigger ON tgrelid = tbl
		WHERE NOT tgisinternal AND tgtype & 1 = 1 AND (tgoldtable IS NOT NULL OR tgnewtable IS NOT NULL)
	UNION ALL SELECT 'It has a security label.', format('SECURITY LABEL FOR %I ON TABLE %s IS NULL;', provider, called)
		FROM it JOIN pg_seclabel ON classoid = 'pg_class'::regclass AND objoid = tbl
	UNION ALL SELECT format('Publication "%s" leaves rows or columns out, and publishes partitions by themselves.', pubname),
		format('ALTER PUBLICATION %I SET (publish_via_partition_root = true);', pubname)
		FROM pg_publication_rel r JOIN pg_publication p ON p.oid = prpubid WHERE prrelid = tbl AND (prqual IS NOT NULL OR prattrs IS NOT NULL) AND NOT pubviaroot
	UNION ALL SELECT format('It belongs to %s.', pg_describe_object(refclassid, refobjid, 0)), format('ALTER EXTENSION ... DROP TABLE %s;', called)
		FROM it JOIN pg_depend ON classid = 'pg_class'::regclass AND objid = tbl WHERE deptype IN ('e', 'x')
	-- What knows the table by itself, not by its name: views, rules, functions, columns of its row type.
	UNION ALL SELECT DISTINCT format('There is %s, which depends on it.', coalesce(
			(SELECT pg_describe_object('pg_class'::regclass, ev_class, 0) FROM pg_rewrite r WHERE classid = 'pg_rewrite'::regclass AND r.oid = objid AND rulename = '_RETURN'),
			pg_describe_object(classid, objid, 0))), 'Drop it, and create it again afterwards.'
		FROM it JOIN pg_type y ON y.oid = reltype
		JOIN pg_depend ON (refclassid = 'pg_class'::regclass AND refobjid = tbl) OR (refclassid = 'pg_type'::regclass AND refobjid IN (y.oid, y.typarray))
		WHERE deptype = 'n' AND classid NOT IN ('pg_constraint'::regclass, 'pg_publication_rel'::regclass)
			AND NOT EXISTS (SELECT FROM pg_attrdef d WHERE classid = 'pg_attrdef'::regclass AND d.oid = objid AND adrelid = tbl)
			AND NOT EXISTS (SELECT FROM pg_policy p WHERE classid = 'pg_policy'::regclass AND p.oid = objid AND polrelid = tbl)
			AND NOT EXISTS (SELECT FROM pg_trigger t WHERE classid = 'pg_trigger'::regclass AND t.oid = objid AND tgrelid = tbl)
			AND NOT EXISTS (SELECT FROM pg_index WHERE classid = 'pg_class'::regclass AND indexrelid = objid AND indrelid = tbl)
			AND NOT EXISTS (SELECT FROM pg_statistic_ext s WHERE classid = 'pg_statistic_ext'::regclass AND s.oid = objid AND stxrelid = tbl)
$$;
COMMENT ON FUNCTION tenant.partition_obstacles(oid, name) IS 'Why a table cannot be made a partitioned one';

-- Steps: `before` the table is made again; the `storage` clauses of a partition, and what is altered of `each` and the table; `moved` when the
-- rows are in the new one and the old one is still there; `after` it is dropped; `keys` that reference the table, or `unchecked keys` and then `validate keys`,
-- which `unfinished keys` still wait for; the table's own as `keys of parts` and then `validate own keys`;
-- `revoke` what default privileges have granted.
CREATE FUNCTION tenant.table_definition(tbl oid) RETURNS TABLE (step text, command text)
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	WITH it AS (SELECT c.*, c.oid::regclass::text AS called FROM pg_class c WHERE c.oid = tbl),
	column_of AS (SELECT * FROM pg_attribute WHERE attrelid = tbl AND attnum > 0 AND NOT attisdropped),
	sequence_of AS (SELECT s.oid, s.relname, s.oid::regclass::text AS called, attname, deptype, s.relacl FROM pg_depend
		JOIN pg_class s ON s.oid = objid AND s.relkind = 'S' JOIN column_of ON attnum = refobjsubid
		WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND refobjid = tbl AND deptype IN ('a', 'i')),
	key AS (SELECT *, conrelid::regclass::text AS holder, pg_get_constraintdef(oid) AS definition FROM pg_constraint
		WHERE contype = 'f' AND tbl IN (conrelid, confrelid) AND conparentid = 0),
	grants AS (SELECT oid AS granted, 'TABLE ' || called AS object, a.*, '' AS columns FROM it, aclexplode(relacl) a
		UNION ALL SELECT tbl, 'TABLE ' || called, a.*, format(' (%I)', attname) FROM it, column_of, aclexplode(attacl) a
		UNION ALL SELECT oid, 'SEQUENCE ' || called, a.*, '' FROM sequence_of, aclexplode(relacl) a WHERE deptype = 'i'),
	grant_to AS (SELECT *, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END AS role FROM grants),
	commands AS (
		SELECT 1 AS place, 'before' AS step, format('ALTER TABLE %s DROP CONSTRAINT %I', holder, conname) AS command FROM key WHERE conrelid <> tbl
		UNION ALL SELECT 1, 'storage', concat(' USING ' || quote_ident(amname), ' WITH (' || nullif(concat_ws(', ',
				(SELECT string_agg(format('%I = %L', option_name, option_value), ', ') FROM pg_options_to_table(i.reloptions)),
				(SELECT string_agg(format('toast.%I = %L', option_name, option_value), ', ') FROM pg_class t, pg_options_to_table(t.reloptions)
					WHERE t.oid = i.reltoastrelid)), '') || ')', ' TABLESPACE ' || quote_ident(spcname))
			FROM it i LEFT JOIN pg_am a ON a.oid = relam LEFT JOIN pg_tablespace s ON s.oid = reltablespace
		UNION ALL SELECT 1, 'each', format('OWNER TO %I', pg_get_userbyid(relowner)) FROM it
		UNION ALL SELECT 2, 'moved', CASE deptype WHEN 'a' THEN format('ALTER SEQUENCE %s OWNED BY %s.%I', s.called, it.called, attname)
			ELSE format('SELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence(%L, %L), last_value, is_called) FROM %s', it.called, attname, s.called) END
			FROM it, sequence_of s
		UNION ALL SELECT 3, 'after', format('DO %L', format('BEGIN EXECUTE pg_catalog.format(%L, pg_catalog.pg_get_serial_sequence(%L, %L)); END',
			format('ALTER SEQUENCE %%s RENAME TO %I', s.relname), it.called, attname)) FROM it, sequence_of s WHERE deptype = 'i'
		UNION ALL SELECT 4, CASE conrelid WHEN tbl THEN 'after' ELSE 'keys' END, format('ALTER TABLE %s ADD CONSTRAINT %I %s', holder, conname, definition) FROM key
		UNION ALL SELECT 4, 'unchecked keys', format('ALTER TABLE %s ADD CONSTRAINT %I %s%s', holder, conname, definition, CASE WHEN convalidated THEN ' NOT VALID' END)
			FROM key WHERE conrelid <> tbl
		UNION ALL SELECT 4, 'keys of parts', format('ADD CONSTRAINT %I %s%s', conname, definition, CASE WHEN convalidated THEN ' NOT VALID' END)
			FROM key WHERE conrelid = tbl
		UNION ALL SELECT 5, 'validate own keys', format('ALTER TABLE %s VALIDATE CONSTRAINT %I', holder, conname) FROM key WHERE conrelid = tbl
		UNION ALL SELECT 5, 'validate keys', format('ALTER TABLE %s VALIDATE CONSTRAINT %I', holder, conname) FROM key WHERE conrelid <> tbl AND convalidated
		UNION ALL SELECT 5, 'unfinished keys', format('ALTER TABLE %s VALIDATE CONSTRAINT %I', holder, conname) FROM key WHERE conrelid <> tbl AND definition LIKE '% NOT VALID'
		UNION ALL SELECT 5, 'after', pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = tbl AND NOT tgisinternal
		UNION ALL SELECT 6, 'after', format('ALTER TABLE %s %s TRIGGER %I', called,
			CASE tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE REPLICA' END, tgname)
			FROM it, pg_trigger WHERE tgrelid = tbl AND NOT tgisinternal AND tgenabled <> 'O'
		UNION ALL SELECT 7, 'after', format('CREATE POLICY %I ON %s AS %s FOR %s TO %s%s%s', polname, called,
			CASE WHEN polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
			CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
			(SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END, ', ') FROM unnest(polroles) r),
			' USING (' || pg_get_expr(polqual, polrelid) || ')', ' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')')
			FROM it, pg_policy WHERE polrelid = tbl AND polname NOT IN ('tenant_isolation', 'tenant_rows')
		-- The number of a column stays: the tenant joins a unique key as its last.
		UNION ALL SELECT 8, 'after', format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s', indexrelid::regclass, attnum, attstattarget)
			FROM pg_index JOIN pg_attribute ON attrelid = indexrelid WHERE indrelid = tbl AND attstattarget >= 0
		UNION ALL SELECT 8, 'after', pg_get_statisticsobjdef(oid) FROM pg_statistic_ext WHERE stxrelid = tbl
		UNION ALL SELECT 9, 'after', format('ALTER STATISTICS %I.%I SET STATISTICS %s', nspname, stxname, stxstattarget)
			FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = stxnamespace WHERE stxrelid = tbl AND stxstattarget >= 0
		UNION ALL SELECT 10, described.step, format('COMMENT ON %s IS %L', object, description) FROM it, LATERAL (
			SELECT 'after', 'TABLE ' || called, 'pg_class'::regclass, tbl
			UNION ALL SELECT 'after', format('CONSTRAINT %I ON %s', conname, called), 'pg_constraint', oid FROM pg_constraint WHERE conrelid = tbl
			UNION ALL SELECT s, format('CONSTRAINT %I ON %s', conname, holder), 'pg_constraint', oid FROM key, unnest(ARRAY['keys', 'unchecked keys']) s WHERE conrelid <> tbl
			UNION ALL SELECT 'after', format('TRIGGER %I ON %s', tgname, called), 'pg_trigger', oid FROM pg_trigger WHERE tgrelid = tbl
			UNION ALL SELECT 'after', format('POLICY %I ON %s', polname, called), 'pg_policy', oid FROM pg_policy WHERE polrelid = tbl
			UNION ALL SELECT 'after', format('STATISTICS %I.%I', nspname, stxname), 'pg_statistic_ext', s.oid
				FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = stxnamespace WHERE stxrelid = tbl
			) described (step, object, catalog, object_oid)
			JOIN pg_description d ON d.classoid = catalog AND d.objoid = object_oid AND d.objsubid = 0
		UNION ALL SELECT 1, 'each', format('ALTER COLUMN %I SET STATISTICS %s', attname, attstattarget) FROM column_of WHERE attstattarget >= 0
		UNION ALL SELECT 1, 'each', format('ALTER COLUMN %I SET (%s = %s)', attname, option_name, option_value)
			FROM column_of, pg_options_to_table(attoptions) WHERE option_name LIKE 'n_distinct%'
		UNION ALL SELECT 1, 'each', format('REPLICA IDENTITY %s', CASE relreplident WHEN 'f' THEN 'FULL' ELSE 'NOTHING' END)
			FROM it WHERE relreplident IN ('f', 'n')
		-- An owner may have revoked his own.
		UNION ALL SELECT DISTINCT 12, 'after', format('REVOKE ALL ON %s FROM %I', object, pg_get_userbyid(relowner)) FROM grants, it WHERE columns = ''
		UNION ALL SELECT 13, 'after', format('GRANT %s%s ON %s TO %s%s', privilege_type, columns, object, role,
			CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) FROM grant_to
		UNION ALL SELECT 14, 'after', format('ALTER PUBLICATION %I ADD TABLE %s%s%s', pubname, called,
			(SELECT format(' (%s)', string_agg(quote_ident(attname), ', ')) FROM column_of WHERE attnum = ANY (prattrs::int2[]) HAVING count(*) > 0),
			' WHERE (' || pg_get_expr(prqual, prrelid) || ')')
			FROM it, pg_publication_rel JOIN pg_publication p ON p.oid = prpubid WHERE prrelid = tbl
		UNION ALL SELECT DISTINCT 15, 'revoke', format('REVOKE ALL ON %s FROM %s', object, role) FROM grant_to, it WHERE grantee <> relowner)
	SELECT c.step, c.command FROM commands c ORDER BY place, command
$$;
COMMENT ON FUNCTION tenant.table_definition(oid) IS 'The commands that give a table that has taken the place of this one what belongs to it';

-- Moves a tenant while the table is in use: its partition is copied in batches, and the copies take its place.
CREATE PROCEDURE tenant.isolate_tenant(tbl regclass, id text, batch integer DEFAULT 10000)
	LANGUAGE c AS 'MODULE_PATHNAME', 'pg_tenant_isolate_tenant';
COMMENT ON PROCEDURE tenant.isolate_tenant(regclass, text, integer) IS 'Moves a tenant''s rows to a partition of its own';

CREATE FUNCTION tenant.repeat_row() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'pg_tenant_repeat_row';
COMMENT ON FUNCTION tenant.repeat_row() IS 'Repeats what is written to a partition whose rows are being moved';
