-- tenant.check(): tables whose rows are soft-deleted.
CREATE FUNCTION tenant.check_deletion() RETURNS SETOF tenant.finding
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	WITH soft AS (SELECT s.tbl, s.deleted_column, c.relispartition FROM tenant.soft_deleted_tables s JOIN pg_class c ON c.oid = s.tbl),
	followed AS (
		SELECT s.tbl, format('ALTER TABLE %s ENABLE TRIGGER tenant_follow_deletion;', s.tbl) AS enabling, t.tgenabled,
			format('CREATE TRIGGER tenant_follow_deletion AFTER UPDATE OF %1$I ON %2$s FOR EACH ROW WHEN ((OLD.%1$I IS NULL) <> (NEW.%1$I IS NULL)) '
				'EXECUTE FUNCTION tenant.follow_deletion();', s.deleted_column, s.tbl) AS creating
		FROM soft s LEFT JOIN pg_trigger t ON t.tgrelid = s.tbl AND t.tgname = 'tenant_follow_deletion'
		-- What is made for a table is made for its partitions.
		WHERE NOT s.relispartition AND EXISTS (SELECT FROM pg_constraint k WHERE k.contype = 'f'
			AND (s.tbl IN (k.conrelid, k.confrelid) OR EXISTS (SELECT FROM pg_partition_tree(s.tbl) WHERE relid IN (k.conrelid, k.confrelid)))))
	SELECT 'warning', 'soft_delete_not_preloaded', 'setting shared_preload_libraries',
		format('Rows of %s are soft-deleted. Sessions that do not load pg_tenant when they start see deleted rows until it is loaded. Restart the server after this.',
			(SELECT string_agg(tbl::text, ', ' ORDER BY tbl::text) FROM soft WHERE NOT relispartition)),
		tenant.preloading()
	FROM tenant.library() l
	WHERE EXISTS (SELECT FROM soft) AND l.loaded <> 'shared' AND (l.loaded = 'demand'
		OR NOT EXISTS (SELECT FROM pg_settings WHERE name = 'session_preload_libraries' AND source IN ('configuration file', 'command line')))
	UNION ALL
	SELECT 'warning', 'deletion_not_followed', tbl::text,
		'It has foreign keys, and its trigger that does what ON DELETE says when a row is marked as deleted is missing or disabled: live rows may come to reference deleted ones.',
		CASE WHEN tgenabled IS NULL THEN creating ELSE enabling END
	FROM followed WHERE tgenabled IS NULL OR tgenabled NOT IN ('O', 'A')
	UNION ALL
	SELECT 'warning', 'cascade_to_hard_delete', format('constraint %I on %s', k.conname, k.conrelid::regclass),
		format('Rows of %s that are referenced through it cannot be deleted: ON DELETE CASCADE would remove rows, where they are only marked.', k.confrelid::regclass),
		format('SELECT tenant.enable_soft_delete(%L);', coalesce(pg_partition_root(k.conrelid), k.conrelid)::regclass)
	FROM pg_constraint k JOIN soft s ON s.tbl = k.confrelid
	WHERE k.contype = 'f' AND k.conparentid = 0 AND k.confdeltype = 'c' AND k.conrelid NOT IN (SELECT tbl FROM soft)
	UNION ALL
	SELECT 'info', 'dead_rows_block_key', format('index %s', u.name),
		format('Deleted rows of %s block new ones with the same key.', s.tbl), u.online
	FROM soft s CROSS JOIN LATERAL tenant.unique_keys_of(s.tbl, s.deleted_column) u
	WHERE u.kept IS NULL AND u.online IS NOT NULL
	UNION ALL
	SELECT 'info', 'delete_trigger', format('trigger %I on %s', t.tgname, t.tgrelid::regclass),
		'It runs ON DELETE, not when rows are marked as deleted: to triggers that is an UPDATE. What it does then belongs into a trigger ON UPDATE.', ''
	FROM pg_trigger t JOIN soft s ON s.tbl = t.tgrelid
	WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND t.tgtype & 8 = 8 AND t.tgname <> 'tenant_soft_delete'
$$;
COMMENT ON FUNCTION tenant.check_deletion() IS 'Findings of tenant.check(): tables whose rows are soft-deleted';
