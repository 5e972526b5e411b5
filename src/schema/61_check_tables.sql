-- tenant.check(): tables that are open, or not as protect() left them.
CREATE FUNCTION tenant.check_open_tables() RETURNS SETOF tenant.finding
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	WITH tables AS MATERIALIZED (SELECT * FROM tenant.tables_of_users()),
	above AS MATERIALIZED (SELECT * FROM tenant.ancestors()),
	likely AS MATERIALIZED (SELECT * FROM tenant.likely_tenant_columns()),
	readers AS MATERIALIZED (SELECT tbl FROM tenant.views_over_protected() tbl),
	protected AS MATERIALIZED (SELECT * FROM tenant.protected_tables),
	-- Of a tree only the top is named: protecting it protects what is below.
	open AS MATERIALIZED (
		SELECT t.tbl, t.kind FROM tables t WHERE NOT t.is_protected
			AND NOT EXISTS (SELECT FROM tenant.shared_tables s WHERE s.relation = t.tbl
				OR s.relation IN (SELECT ancestor FROM above a WHERE a.tbl = t.tbl))
			AND NOT EXISTS (SELECT FROM above a JOIN protected p ON p.tbl = a.ancestor WHERE a.tbl = t.tbl)),
	top AS MATERIALIZED (
		SELECT o.tbl, o.kind, coalesce((SELECT a.ancestor FROM above a WHERE a.tbl = o.tbl
			AND NOT EXISTS (SELECT FROM above higher WHERE higher.tbl = a.ancestor) LIMIT 1), o.tbl) AS root
		FROM open o)
	SELECT 'critical', 'unprotected_table', t.tbl::regclass::text,
		format('Column %I looks like a tenant''s, and every tenant sees all rows. If that is meant: SELECT tenant.share(%L);',
			l.tenant_column, t.tbl::regclass) || CASE WHEN tenant.protecting(t.root, l.tenant_column, l.column_type, l.is_generated) = ''
			THEN format(' protect() takes no column that is generated or of type %s.', l.column_type::regtype) ELSE '' END,
		-- A parent that is without the column gets it first; protect() would take the children's for missing too.
		CASE WHEN tenant.protecting(t.root, l.tenant_column, l.column_type, l.is_generated) <> '' AND NOT EXISTS (SELECT FROM pg_attribute a
				WHERE a.attrelid = t.root AND a.attname = l.tenant_column AND NOT a.attisdropped)
			THEN format('ALTER TABLE %s ADD COLUMN %I %s; ', t.root::regclass, l.tenant_column, l.column_type::regtype) ELSE '' END
			|| tenant.protecting(t.root, l.tenant_column, l.column_type, l.is_generated)
	FROM top t JOIN likely l USING (tbl)
	WHERE NOT EXISTS (SELECT FROM readers r WHERE r.tbl = t.tbl)
		AND NOT EXISTS (SELECT FROM above a JOIN protected p ON p.tbl = a.tbl WHERE a.ancestor = t.tbl)
		AND NOT EXISTS (SELECT FROM above a JOIN likely higher ON higher.tbl = a.ancestor JOIN open o ON o.tbl = a.ancestor WHERE a.tbl = t.tbl)
	UNION ALL
	SELECT 'critical', 'unprotected_reference', t.tbl::regclass::text,
		format('Its rows belong to rows of %s, which is protected, and every tenant sees them all. If that is meant: SELECT tenant.share(%L);',
			p.tbl, t.tbl::regclass),
		format('SET row_security = off; ALTER TABLE %1$s ADD COLUMN %2$I %3$s; UPDATE %1$s SET %2$I = owner.%2$I FROM %4$s owner WHERE %5$s; %6$s RESET row_security;',
			t.root::regclass, p.tenant_column, p.column_type, p.tbl,
			(SELECT string_agg(format('%s.%I = owner.%I', t.root::regclass, own.attname, other.attname), ' AND ' ORDER BY k.n)
				FROM unnest(f.conkey, f.confkey) WITH ORDINALITY k (own, other, n)
				JOIN pg_attribute own ON own.attrelid = f.conrelid AND own.attnum = k.own
				JOIN pg_attribute other ON other.attrelid = f.confrelid AND other.attnum = k.other),
			tenant.protecting(t.root, p.tenant_column, p.column_type))
	FROM top t
	CROSS JOIN LATERAL (SELECT c.* FROM pg_constraint c JOIN protected p ON p.tbl = c.confrelid
		WHERE c.contype = 'f' AND c.conrelid = t.tbl AND c.conparentid = 0 ORDER BY c.conname LIMIT 1) f
	JOIN protected p ON p.tbl = f.confrelid
	WHERE NOT EXISTS (SELECT FROM likely l WHERE l.tbl = t.tbl)
	UNION ALL
	SELECT 'critical', 'open_part', t.tbl::regclass::text,
		format('It is a part of %s, which is protected, and shows all rows when it is named itself.', p.tbl),
		tenant.protecting(p.tbl, p.tenant_column, p.column_type)
	FROM tables t
	CROSS JOIN LATERAL (SELECT p.* FROM above a JOIN protected p ON p.tbl = a.ancestor WHERE a.tbl = t.tbl
		AND NOT EXISTS (SELECT FROM above higher JOIN protected q ON q.tbl = higher.ancestor WHERE higher.tbl = a.ancestor) LIMIT 1) p
	WHERE NOT t.is_protected
	UNION ALL
	SELECT 'critical', 'open_parent', part.ancestor::regclass::text,
		format('%s is a part of it and protected, and shows all rows through it.', part.tbl::regclass),
		tenant.protecting(part.ancestor, part.tenant_column, part.column_type)
	FROM (SELECT DISTINCT ON (a.ancestor) a.ancestor, p.* FROM above a JOIN protected p USING (tbl)
		WHERE NOT EXISTS (SELECT FROM protected q WHERE q.tbl = a.ancestor)
			AND NOT EXISTS (SELECT FROM above higher WHERE higher.tbl = a.ancestor)
		ORDER BY a.ancestor, p.tbl::oid) part
	UNION ALL
	SELECT 'warning', 'unregistered_materialized_view', t.tbl::regclass::text,
		'It holds rows of protected tables, of whichever tenants it was filled for; where hooks are loaded nobody may read it under a tenant.'
			|| CASE WHEN l.tbl IS NULL THEN ' Its query must keep the tenant column before protect() can take it.' ELSE '' END,
		coalesce(tenant.protecting(t.tbl, l.tenant_column, l.column_type), '')
	FROM tables t JOIN readers r USING (tbl) LEFT JOIN likely l USING (tbl)
	WHERE t.kind = 'm' AND NOT t.is_protected
		AND NOT EXISTS (SELECT FROM tenant.shared_tables s WHERE s.relation = t.tbl)
$$;
COMMENT ON FUNCTION tenant.check_open_tables() IS 'Findings of tenant.check(): tables of tenants that are not protected';

CREATE FUNCTION tenant.check_columns() RETURNS SETOF tenant.finding
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	WITH columns AS MATERIALIZED (
		SELECT p.*, c.relkind, a.attnum, a.attnotnull, pg_get_expr(d.adbin, d.adrelid) AS present
		FROM tenant.protected_tables p
		JOIN pg_class c ON c.oid = p.tbl
		JOIN pg_attribute a ON a.attrelid = p.tbl AND a.attname = p.tenant_column
		LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
		WHERE c.relkind IN ('r', 'p', 'f'))
	SELECT 'warning', 'nullable_tenant_column', tbl::text,
		format('Column %I may be NULL: such rows are nobody''s, and no tenant sees them. Give them a tenant first.', tenant_column),
		format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL;', tbl, tenant_column)
	FROM columns WHERE NOT attnotnull
	UNION ALL
	SELECT 'warning', 'tenant_column_default', tbl::text,
		CASE WHEN present IS NULL THEN format('Column %I has no default: an INSERT must spell the tenant out.', tenant_column)
			ELSE format('Column %I defaults to something else than the session''s tenant: an INSERT that relies on it fails.', tenant_column) END,
		format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s;', tbl, tenant_column, tenant.typed_function(column_type))
	FROM columns
	WHERE regexp_replace(coalesce(present, ''), '^\(?(tenant\.current_\w+\(\))\)?(::character varying)?(\(\d+\))?$', '\1')
		<> tenant.typed_function(column_type)
	UNION ALL
	SELECT 'warning', 'missing_tenant_index', tbl::text,
		format('No index leads with %I: a statement of one tenant reads the rows of all.', tenant_column),
		format('CREATE INDEX ON %s (%I);', tbl, tenant_column)
	FROM columns
	WHERE relkind IN ('r', 'p') AND NOT (SELECT relispartition FROM pg_class c WHERE c.oid = tbl)
		-- Once it is restored, the index of a table with a foreign partition, which has none, is never valid.
		AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = tbl AND i.indpred IS NULL AND i.indkey[0] = attnum AND (i.indisvalid
			OR EXISTS (SELECT FROM pg_partition_tree(tbl) t JOIN pg_class f ON f.oid = t.relid WHERE f.relkind = 'f')))
$$;
COMMENT ON FUNCTION tenant.check_columns() IS 'Findings of tenant.check(): tenant columns that are not as protect() leaves them';

CREATE FUNCTION tenant.check_policies() RETURNS SETOF tenant.finding
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	WITH policies AS MATERIALIZED (
		SELECT r.*, c.relrowsecurity, c.relforcerowsecurity, protected.open, protected.tbl IS NOT NULL AS is_protected,
			tenant.protecting(r.polrelid, coalesce(protected.tenant_column, likely.tenant_column),
				coalesce(protected.column_type, likely.column_type), protected.tbl IS NULL AND likely.is_generated) AS protecting
		FROM pg_policy r
		JOIN pg_class c ON c.oid = r.polrelid
		LEFT JOIN tenant.protected_tables protected ON protected.tbl = r.polrelid
		LEFT JOIN tenant.likely_tenant_columns() likely ON likely.tbl = r.polrelid),
	above AS MATERIALIZED (SELECT * FROM tenant.ancestors()),
	wrong AS MATERIALIZED (SELECT * FROM policies WHERE polname = 'tenant_isolation' AND relrowsecurity AND NOT is_protected)
	SELECT 'critical', 'row_security_not_forced', polrelid::regclass::text,
		'Policy tenant_isolation is there, but row security is disabled, or not forced upon the owner.',
		format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;', polrelid::regclass)
	FROM policies WHERE polname = 'tenant_isolation' AND NOT (relrowsecurity AND relforcerowsecurity)
	UNION ALL
	SELECT 'critical', 'wrong_isolation_policy', polrelid::regclass::text,
		'Policy tenant_isolation is not pg_tenant''s: the table is not protected.',
		-- protect() would stop at such a policy of a part, and a part is protected with the table above it.
		concat_ws(' ', format('DROP POLICY tenant_isolation ON %s;', polrelid::regclass),
			(SELECT string_agg(format('DROP POLICY tenant_isolation ON %s;', part.polrelid::regclass), ' ' ORDER BY part.polrelid)
				FROM wrong part JOIN above a ON a.tbl = part.polrelid WHERE a.ancestor = wrong.polrelid),
			CASE WHEN NOT EXISTS (SELECT FROM above a WHERE a.tbl = polrelid AND a.ancestor NOT IN (SELECT tbl FROM tenant.protected_tables))
				THEN nullif(protecting, '') END)
	FROM wrong WHERE NOT EXISTS (SELECT FROM above a JOIN wrong higher ON higher.polrelid = a.ancestor WHERE a.tbl = wrong.polrelid)
	UNION ALL
	SELECT 'warning', 'wrong_rows_policy', polrelid::regclass::text,
		'Policy tenant_rows is not pg_tenant''s: it shows other rows than those of the tenant, which that policy stands for.',
		format('DROP POLICY tenant_rows ON %s; %s', polrelid::regclass, protecting)
	FROM policies WHERE polname = 'tenant_rows' AND is_protected AND NOT (polpermissive AND polcmd = '*' AND polroles = '{0}'
		AND pg_get_expr(polqual, polrelid) = 'true' AND coalesce(pg_get_expr(polwithcheck, polrelid), 'true') = 'true')
	UNION ALL
	SELECT 'warning', 'policy_without_effect', format('policy %I on %s', polname, polrelid::regclass),
		'Permissive policies are ORed: beside tenant_rows, which shows all rows of the tenant, this one narrows nothing.',
		format('DROP POLICY tenant_rows ON %s;', polrelid::regclass)
	FROM policies WHERE polpermissive AND is_protected AND open AND polname NOT IN ('tenant_rows', 'tenant_closed')
	UNION ALL
	SELECT 'warning', 'no_permissive_policy', polrelid::regclass::text,
		'Restrictive policies alone show no rows to anybody whom policies bind.', protecting
	FROM policies p WHERE polname = 'tenant_isolation' AND is_protected
		AND NOT EXISTS (SELECT FROM pg_policy other WHERE other.polrelid = p.polrelid AND other.polpermissive)
	UNION ALL
	SELECT 'warning', 'closed_table', polrelid::regclass::text,
		'DROP EXTENSION left policy tenant_closed: nobody whom policies bind sees a row.'
			|| CASE WHEN protecting = '' THEN ' No column is called like a tenant''s: protect the table by the right one, or drop the policy to open it.' ELSE '' END,
		protecting
	FROM policies WHERE polname = 'tenant_closed'
$$;
COMMENT ON FUNCTION tenant.check_policies() IS 'Findings of tenant.check(): policies that are not as protect() leaves them';

CREATE FUNCTION tenant.check_keys() RETURNS SETOF tenant.finding
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	SELECT 'critical', 'unchecked_foreign_key', format('constraint %I on %s', f.conname, k.conrelid::regclass),
		'It does not pair the tenant columns, and nothing checks that a row references none of another tenant''s.',
		CASE WHEN t.oid IS NULL THEN tenant.protecting(p.tbl, p.tenant_column, p.column_type)
			ELSE format('ALTER TABLE %s ENABLE TRIGGER %I;', t.tgrelid::regclass, t.tgname) END
	FROM tenant.key_checks k
	JOIN pg_constraint f ON f.oid = k.key
	JOIN tenant.protected_tables p ON p.tbl = k.conrelid
	LEFT JOIN pg_trigger t ON t.oid = k.present
	WHERE k.spans AND (k.present IS NULL OR k.enabled NOT IN ('O', 'A'))
	UNION ALL
	SELECT 'info', 'foreign_key_across_tenants', format('constraint %I on %s', name, tbl),
		'It does not pair the tenant columns: a trigger checks each row that is written.'
			|| CASE WHEN fix IS NULL THEN ' With the tenant column it would mean something else.' ELSE ' With the tenant column in the key none is needed.' END,
		coalesce(fix, '')
	FROM tenant.unsafe_keys WHERE kind = 'foreign'
	UNION ALL
	SELECT 'warning', 'unique_key_across_tenants', format('index %I on %s', name, tbl),
		'It is without the tenant column: a duplicate tells a tenant that another one has the value.'
			|| CASE WHEN fix IS NULL THEN ' A foreign key needs it: mend that one first.' ELSE '' END,
		coalesce(fix, '')
	FROM tenant.unsafe_keys WHERE kind = 'unique'
$$;
COMMENT ON FUNCTION tenant.check_keys() IS 'Findings of tenant.check(): keys that span tenants';
