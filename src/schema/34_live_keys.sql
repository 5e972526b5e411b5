-- Unique keys of tables whose rows are soft-deleted: of all rows, or of the live ones (src/deletion/unique_keys.cpp).

-- The key as an index over live rows, and over all; NULL for what it is already. The predicate is the last of a definition.
CREATE FUNCTION tenant.unique_keys_of(tbl oid, deleted_column name)
	RETURNS TABLE (index oid, name text, is_constraint boolean, kept text, dropping text, live text, whole text, online text)
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	WITH keys AS (
		SELECT i.indexrelid, x.relname, x.relkind, n.nspname, i.indrelid::regclass AS called, k.oid AS key, k.conname,
			CASE WHEN i.indisprimary THEN 'It is the primary key.'
				WHEN i.indisreplident THEN 'It is the replica identity.'
				WHEN i.indisexclusion THEN 'It is no plain unique key.'
				WHEN f.names IS NOT NULL THEN format('Needed by foreign keys: %s.', f.names)
				WHEN NOT i.indimmediate THEN 'It is deferrable.' END AS kept,
			substr(left(d.definition, length(d.definition) - coalesce(length(' WHERE ' || d.predicate), 0)),
				length(format('CREATE UNIQUE INDEX %I ON %s', x.relname, CASE x.relkind WHEN 'I' THEN 'ONLY ' ELSE '' END)) + 1)
				|| coalesce(' TABLESPACE ' || quote_ident(s.spcname), '') AS rest,
			d.predicate, format('(%I IS NULL)', deleted_column) AS live,
			coalesce(format('; COMMENT ON INDEX %I.%I IS ', n.nspname, x.relname)
				|| quote_literal(coalesce(obj_description(k.oid, 'pg_constraint'), obj_description(i.indexrelid, 'pg_class'))), '') AS comment
		FROM pg_index i
		JOIN pg_class x ON x.oid = i.indexrelid
		JOIN pg_namespace n ON n.oid = x.relnamespace
		LEFT JOIN pg_tablespace s ON s.oid = x.reltablespace
		LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')
		CROSS JOIN LATERAL (SELECT string_agg(DISTINCT format('%I on %s', conname, conrelid::regclass), ', ')
			FROM pg_constraint WHERE contype = 'f' AND conindid = i.indexrelid) f (names)
		CROSS JOIN LATERAL (SELECT pg_get_indexdef(i.indexrelid), pg_get_expr(i.indpred, i.indrelid)) d (definition, predicate)
		-- Those of partitions follow their parents'.
		WHERE i.indrelid = tbl AND i.indisunique AND NOT x.relispartition),
	judged AS (
		SELECT *, CASE WHEN predicate IS NULL THEN NULL
			WHEN predicate = live THEN ''
			WHEN right(predicate, length(live) + 6) = ' AND ' || live || ')' THEN ' WHERE ' || left(predicate, - length(live) - 6) || ')'
			WHEN left(predicate, length(live) + 6) = '(' || live || ' AND ' THEN ' WHERE (' || substr(predicate, length(live) + 7) END AS wider,
			CASE WHEN key IS NULL THEN format('DROP INDEX %I.%I', nspname, relname)
				ELSE format('ALTER TABLE %s DROP CONSTRAINT %I', called, conname) END AS dropping,
			rest || ' WHERE ' || CASE WHEN predicate IS NULL THEN live ELSE format('(%s AND %s)', predicate, live) END AS narrower
		FROM keys)
	SELECT indexrelid, format('%I.%I', nspname, relname), key IS NOT NULL, kept, dropping,
		CASE WHEN wider IS NULL THEN format('CREATE UNIQUE INDEX %I ON %s%s', relname, narrower, comment) END,
		CASE WHEN wider IS NOT NULL THEN format('CREATE UNIQUE INDEX %I ON %s%s%s', relname, rest, wider, comment) END,
		CASE WHEN wider IS NULL AND relkind = 'i' THEN format('CREATE UNIQUE INDEX CONCURRENTLY %I ON %s; %s; ALTER INDEX %I.%I RENAME TO %I%s;',
				left(relname, 58) || '_live', narrower, dropping, nspname, left(relname, 58) || '_live', relname, comment)
			WHEN wider IS NULL THEN format('%s; CREATE UNIQUE INDEX %I ON %s%s;', dropping, relname, narrower, comment) END
	FROM judged
$$;
COMMENT ON FUNCTION tenant.unique_keys_of(oid, name) IS 'Unique keys of a table, and how to make them unique among live rows or all';
