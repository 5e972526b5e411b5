-- Rows that go for good: in which order tables are taken, and which of their rows nothing references.

-- Where a foreign key pairs two rows, as SQL.
CREATE FUNCTION tenant.key_match(key oid, referenced text, referencing text) RETURNS text
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	SELECT string_agg(format('%s.%I OPERATOR(%I.%s) %s.%I', referenced, p.attname, n.nspname, o.oprname, referencing, f.attname), ' AND ')
	FROM pg_constraint c
	CROSS JOIN LATERAL unnest(c.confkey, c.conkey, c.conpfeqop) pair (confkey, conkey, operator)
	JOIN pg_attribute p ON p.attrelid = c.confrelid AND p.attnum = pair.confkey
	JOIN pg_attribute f ON f.attrelid = c.conrelid AND f.attnum = pair.conkey
	JOIN pg_operator o ON o.oid = pair.operator
	JOIN pg_namespace n ON n.oid = o.oprnamespace
	WHERE c.oid = key
$$;
COMMENT ON FUNCTION tenant.key_match(oid, text, text) IS 'The condition under which a row references another one by a foreign key';

-- The enforced foreign keys. One of a partitioned table is listed for each of its partitions too: is_first says that it is not the
-- part of another one of the same table.
CREATE FUNCTION tenant.key_ends(OUT key oid, OUT referencing oid, OUT referenced oid, OUT referencing_is_first boolean,
		OUT referenced_is_first boolean) RETURNS SETOF record
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	SELECT c.oid, c.conrelid, c.confrelid, p.conrelid IS DISTINCT FROM c.conrelid, p.confrelid IS DISTINCT FROM c.confrelid
	FROM pg_constraint c LEFT JOIN pg_constraint p ON p.oid = c.conparentid
	WHERE c.contype = 'f' AND coalesce(to_jsonb(c) ->> 'conenforced', 'true')::boolean
$$;
COMMENT ON FUNCTION tenant.key_ends() IS 'The enforced foreign keys, and whether each is the first of its tables';

-- As FROM names it: rows of children are no rows of the key's table, rows of partitions are.
CREATE FUNCTION tenant.key_table(tbl oid) RETURNS text
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE relkind WHEN 'p' THEN '' ELSE 'ONLY ' END || oid::regclass FROM pg_class WHERE oid = tbl
$$;
COMMENT ON FUNCTION tenant.key_table(oid) IS 'A table as its foreign keys see it, for FROM';

CREATE FUNCTION tenant.unreferenced(tbl oid) RETURNS text
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	SELECT string_agg(format('NOT EXISTS (SELECT FROM %s y WHERE %s%s)', tenant.key_table(referencing), tenant.key_match(key, 'x', 'y'),
			-- A row may reference itself.
			CASE WHEN referencing = tbl OR referencing IN (SELECT relid FROM pg_partition_ancestors(tbl))
				THEN ' AND (y.tableoid OPERATOR(pg_catalog.<>) x.tableoid OR y.ctid OPERATOR(pg_catalog.<>) x.ctid)' ELSE '' END),
		' AND ') FROM tenant.key_ends() WHERE referenced = tbl AND referenced_is_first
$$;
COMMENT ON FUNCTION tenant.unreferenced(oid) IS 'The condition of a row x of the table that no row references it; NULL where none can';

-- The condition of a row that was marked long enough ago, of one of these tables, or of one that references such a row of them;
-- NULL for other tables. $1 is the moment.
CREATE FUNCTION tenant.falls_with(tbl oid, targets oid[], alias text DEFAULT 'x', path oid[] DEFAULT '{}') RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	deleted_at name := (SELECT deleted_column FROM tenant.deletion_of(tbl));
	is_old text := format('%s.%s < $1', alias, quote_ident(deleted_at));
	next_alias text := format('r%s', cardinality(path));
	references_old text;
BEGIN
	IF deleted_at IS NULL THEN
		RETURN NULL;
	ELSIF tbl = ANY (targets) THEN
		RETURN is_old;
	END IF;
	SELECT string_agg(format('EXISTS (SELECT FROM %s %s WHERE %s AND %s)', tenant.key_table(referenced), next_alias,
			tenant.key_match(key, next_alias, alias), condition), ' OR ')
		INTO references_old
		FROM tenant.key_ends() CROSS JOIN LATERAL tenant.falls_with(referenced, targets, next_alias, path || tbl) condition
		WHERE referencing = tbl AND referencing_is_first AND referenced <> ALL (path || tbl) AND condition IS NOT NULL;
	RETURN is_old || ' AND (' || references_old || ')';
END
$$;
COMMENT ON FUNCTION tenant.falls_with(oid, oid[], text, oid[]) IS 'Which rows of a table are purged with those of others, as SQL';

-- Of these tables, which comes when: those that reference others before them. Tables that reference each other, or
-- themselves, are taken together. What belongs to one partitioned table, or one with children, counts as one.
CREATE FUNCTION tenant.removal_order(tables oid[]) RETURNS TABLE (tbl oid, top oid, place bigint, is_cyclic boolean)
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp SET jit = off AS $$
	WITH RECURSIVE above (part, parent) AS (
		SELECT inhrelid, inhparent FROM pg_inherits
		UNION SELECT a.part, i.inhparent FROM above a JOIN pg_inherits i ON i.inhrelid = a.parent
	), tops AS (
		SELECT part, min(parent) AS top FROM above WHERE parent NOT IN (SELECT inhrelid FROM pg_inherits) GROUP BY part
	), edges AS (
		SELECT DISTINCT coalesce(f.top, k.referencing) AS referencing, coalesce(p.top, k.referenced) AS referenced
		FROM tenant.key_ends() k LEFT JOIN tops f ON f.part = k.referencing LEFT JOIN tops p ON p.part = k.referenced
	), reach (referencing, referenced) AS (
		SELECT * FROM edges UNION SELECT r.referencing, e.referenced FROM reach r JOIN edges e ON e.referencing = r.referenced
	), members AS (
		SELECT t.tbl, coalesce(o.top, t.tbl) AS top FROM unnest(tables) t (tbl) LEFT JOIN tops o ON o.part = t.tbl
	)
	-- Who references another table, by whatever way, references all that this one does, and this one besides.
	SELECT m.tbl, m.top, dense_rank() OVER (ORDER BY
			(SELECT count(*) FROM (SELECT r.referenced FROM reach r WHERE r.referencing = m.top UNION SELECT m.top) reached) DESC,
			coalesce((SELECT min(r.referenced) FROM reach r JOIN reach b ON b.referencing = r.referenced AND b.referenced = r.referencing
				WHERE r.referencing = m.top), m.top)),
		EXISTS (SELECT FROM reach r WHERE r.referencing = m.top AND r.referenced = m.top)
	FROM members m ORDER BY 3, m.top::regclass::text COLLATE "C", m.tbl::regclass::text COLLATE "C"
$$;
COMMENT ON FUNCTION tenant.removal_order(oid[]) IS 'The order in which rows of tables can be removed, by their foreign keys';

-- The tables, without parts of their own, whose rows a purge of a table looks at.
CREATE FUNCTION tenant.purged_with(targets oid[]) RETURNS oid[]
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	SELECT array_agg(t.tbl::oid) FROM tenant.soft_deleted_tables t JOIN pg_class c ON c.oid = t.tbl
	WHERE c.relkind = 'r' AND tenant.falls_with(t.tbl, targets) IS NOT NULL
$$;
COMMENT ON FUNCTION tenant.purged_with(oid[]) IS 'Tables whose deleted rows are purged with, and before, those of others';

CREATE PROCEDURE tenant.purge_deleted(tbl regclass, older_than interval, INOUT deleted bigint DEFAULT 0)
	LANGUAGE c AS 'MODULE_PATHNAME', 'pg_tenant_purge_deleted';
COMMENT ON PROCEDURE tenant.purge_deleted(regclass, interval, bigint) IS
	'Removes rows of the table that were marked as deleted longer ago than that, and adds their number';

CREATE PROCEDURE tenant.purge_all(older_than interval, batch_size integer DEFAULT 10000)
	LANGUAGE c AS 'MODULE_PATHNAME', 'pg_tenant_purge_all';
COMMENT ON PROCEDURE tenant.purge_all(interval, integer) IS
	'Removes rows of all tables that were marked as deleted longer ago than that';

CREATE FUNCTION tenant.purge_progress(OUT pid integer, OUT datid oid, OUT relid oid, OUT command text, OUT phase text,
		OUT tables_total bigint, OUT tables_done bigint, OUT rows_found bigint, OUT rows_deleted bigint) RETURNS SETOF record
	LANGUAGE c VOLATILE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'pg_tenant_purge_progress';
COMMENT ON FUNCTION tenant.purge_progress() IS 'How far the purges that run now have come';

CREATE VIEW tenant.stat_progress_purge AS
	SELECT p.pid, p.datid, d.datname, p.relid, p.command, p.phase, p.tables_total, p.tables_done, p.rows_found, p.rows_deleted
	FROM tenant.purge_progress() p LEFT JOIN pg_catalog.pg_database d ON d.oid OPERATOR(pg_catalog.=) p.datid;
COMMENT ON VIEW tenant.stat_progress_purge IS 'How far the purges that run now have come: rows found and deleted are of the present table';
