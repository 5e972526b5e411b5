-- Keys that span tenants: what protect() mends and checks (src/isolation/keys.cpp), and what it reports.

CREATE FUNCTION tenant.check_reference() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'pg_tenant_check_reference';
COMMENT ON FUNCTION tenant.check_reference() IS 'Refuses a row that references another tenant''s through a foreign key';

CREATE FUNCTION tenant.check_referenced() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'pg_tenant_check_referenced';
COMMENT ON FUNCTION tenant.check_referenced() IS 'Refuses what would leave a row referenced by another tenant''s';

-- Enforced foreign keys from or to protected tables, those of partitions too, and whether they pair the two tenant columns.
CREATE VIEW tenant.protected_foreign_keys AS
	SELECT k.oid, k.conname, k.conparentid, k.conrelid, k.confrelid, k.conkey, k.confkey, k.confmatchtype, k.confupdtype,
		k.confdeltype, k.confdelsetcols, k.condeferrable, k.condeferred, k.convalidated,
		coalesce(pg_catalog.to_jsonb(k) OPERATOR(pg_catalog.->>) 'conperiod', 'false')::boolean AS conperiod,
		own.attname AS tenant_column, own.attnum AS tenant_number, own.atttypid AS tenant_type,
		referenced.attname AS referenced_column, referenced.attnum AS referenced_number, referenced.atttypid AS referenced_type,
		EXISTS (SELECT FROM pg_catalog.generate_subscripts(k.conkey, 1) i WHERE k.conkey[i] OPERATOR(pg_catalog.=) own.attnum
			AND k.confkey[i] OPERATOR(pg_catalog.=) referenced.attnum) AS pairs
	FROM pg_catalog.pg_constraint k
	CROSS JOIN LATERAL tenant.protection_of(k.conrelid) p
	CROSS JOIN LATERAL tenant.protection_of(k.confrelid) q
	LEFT JOIN pg_catalog.pg_attribute own ON own.attrelid OPERATOR(pg_catalog.=) k.conrelid
		AND own.attname OPERATOR(pg_catalog.=) p.tenant_column
	LEFT JOIN pg_catalog.pg_attribute referenced ON referenced.attrelid OPERATOR(pg_catalog.=) k.confrelid
		AND referenced.attname OPERATOR(pg_catalog.=) q.tenant_column
	WHERE k.contype OPERATOR(pg_catalog.=) 'f' AND (p.tenant_column IS NOT NULL OR q.tenant_column IS NOT NULL)
		AND coalesce(pg_catalog.to_jsonb(k) OPERATOR(pg_catalog.->>) 'conenforced', 'true')::boolean;
COMMENT ON VIEW tenant.protected_foreign_keys IS 'Foreign keys from or to protected tables';

-- The triggers that check a key which does not pair the tenant columns, beside those of the server, which are on partitions rather
-- than on partitioned tables. A protected table has its own whether or not the other one is protected yet: when that one is, nobody
-- need lock this one. present is the trigger that is there already.
CREATE VIEW tenant.key_checks AS
	SELECT k.oid AS key, k.conrelid, k.confrelid, k.condeferrable, k.condeferred, t.tgrelid AS relation, wanted.function, wanted.events,
		k.tenant_column IS NOT NULL AND k.referenced_column IS NOT NULL AS spans, present.oid AS present, present.tgenabled AS enabled
	FROM tenant.protected_foreign_keys k
	JOIN pg_catalog.pg_trigger t ON t.tgconstraint OPERATOR(pg_catalog.=) k.oid
	JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) t.tgrelid AND c.relkind OPERATOR(pg_catalog.=) 'r'
	-- INSERT is 4, DELETE 8, UPDATE 16.
	JOIN (SELECT 'pg_catalog."RI_FKey_check_ins"'::pg_catalog.regproc::oid, 'tenant.check_reference'::pg_catalog.regproc::oid, 20
		UNION ALL SELECT server::oid, 'tenant.check_referenced'::pg_catalog.regproc::oid, 28
			FROM pg_catalog.unnest(ARRAY['pg_catalog."RI_FKey_noaction_upd"', 'pg_catalog."RI_FKey_restrict_upd"',
				'pg_catalog."RI_FKey_cascade_upd"', 'pg_catalog."RI_FKey_setnull_upd"',
				'pg_catalog."RI_FKey_setdefault_upd"']::pg_catalog.regproc[]) server) wanted (server, function, events)
		ON t.tgfoid OPERATOR(pg_catalog.=) wanted.server
	LEFT JOIN pg_catalog.pg_trigger present ON present.tgconstraint OPERATOR(pg_catalog.=) k.oid
		AND present.tgrelid OPERATOR(pg_catalog.=) t.tgrelid AND present.tgfoid OPERATOR(pg_catalog.=) wanted.function
	WHERE NOT k.pairs AND CASE WHEN wanted.events OPERATOR(pg_catalog.=) 20 THEN k.tenant_column ELSE k.referenced_column END IS NOT NULL;
COMMENT ON VIEW tenant.key_checks IS 'The triggers that check foreign keys which do not pair the tenant columns';

-- A foreign key over both tenant columns as well, by the same name; NULL where there can be none, or it would mean something else.
CREATE VIEW tenant.unsafe_foreign_keys AS
	SELECT k.oid, k.conrelid, k.confrelid, k.conname,
		CASE WHEN NOT (k.conperiod
			OR k.conkey OPERATOR(pg_catalog.@>) ARRAY[k.tenant_number] OR k.confkey OPERATOR(pg_catalog.@>) ARRAY[k.referenced_number]
			-- No operator compares them.
			OR NOT (k.tenant_type OPERATOR(pg_catalog.=) k.referenced_type
				OR ARRAY[k.tenant_type, k.referenced_type] OPERATOR(pg_catalog.<@) ARRAY['int', 'bigint']::pg_catalog.regtype[]::oid[]
				OR ARRAY[k.tenant_type, k.referenced_type] OPERATOR(pg_catalog.<@) ARRAY['text', 'varchar']::pg_catalog.regtype[]::oid[])
			-- It would set the tenant column too.
			OR k.confupdtype OPERATOR(pg_catalog.=) ANY (ARRAY['n', 'd']::"char"[])
			-- The tenant column is never null, and so a null beside it would be refused.
			OR (k.confmatchtype OPERATOR(pg_catalog.=) 'f' AND NOT own.not_null))
		THEN CASE WHEN NOT there.is_there THEN pg_catalog.format('CREATE UNIQUE INDEX IF NOT EXISTS %I ON %s (%I, %s); ',
				CASE WHEN pg_catalog.octet_length(new.name) OPERATOR(pg_catalog.<) 64 THEN new.name
					ELSE 'tenant_key_' OPERATOR(pg_catalog.||) pg_catalog.md5(new.name) END,
				pk.name, k.referenced_column, referenced.columns) ELSE '' END
			OPERATOR(pg_catalog.||) pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %2$I FOREIGN KEY (%I, %s) '
				'REFERENCES %s (%I, %s)%s%s%s%s%s;', fk.name, k.conname, k.tenant_column, own.columns,
				pk.name, k.referenced_column, referenced.columns,
				CASE WHEN k.confmatchtype OPERATOR(pg_catalog.=) 'f' THEN ' MATCH FULL' END,
				CASE WHEN k.confupdtype OPERATOR(pg_catalog.=) 'r' THEN ' ON UPDATE RESTRICT'
					WHEN k.confupdtype OPERATOR(pg_catalog.=) 'c' THEN ' ON UPDATE CASCADE' END,
				CASE WHEN k.confdeltype OPERATOR(pg_catalog.=) 'r' THEN ' ON DELETE RESTRICT'
					WHEN k.confdeltype OPERATOR(pg_catalog.=) 'c' THEN ' ON DELETE CASCADE'
					WHEN k.confdeltype OPERATOR(pg_catalog.=) 'n' THEN pg_catalog.format(' ON DELETE SET NULL (%s)', own.set_columns)
					WHEN k.confdeltype OPERATOR(pg_catalog.=) 'd' THEN pg_catalog.format(' ON DELETE SET DEFAULT (%s)', own.set_columns) END,
				CASE WHEN k.condeferred THEN ' DEFERRABLE INITIALLY DEFERRED' WHEN k.condeferrable THEN ' DEFERRABLE' END,
				CASE WHEN NOT k.convalidated THEN ' NOT VALID' END)
			OPERATOR(pg_catalog.||) coalesce(pg_catalog.format(' COMMENT ON CONSTRAINT %I ON %s IS ', k.conname, fk.name)
				OPERATOR(pg_catalog.||) pg_catalog.quote_literal(pg_catalog.obj_description(k.oid, 'pg_constraint'))
				OPERATOR(pg_catalog.||) ';', '')
		END AS fix
	FROM tenant.protected_foreign_keys k
	CROSS JOIN LATERAL (SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
		FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
		WHERE c.oid OPERATOR(pg_catalog.=) k.conrelid) fk
	CROSS JOIN LATERAL (SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, c.relname
		FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
		WHERE c.oid OPERATOR(pg_catalog.=) k.confrelid) pk
	CROSS JOIN LATERAL (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY i) AS columns,
			pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY i)
				FILTER (WHERE a.attnum OPERATOR(pg_catalog.=) ANY (coalesce(k.confdelsetcols, k.conkey))) AS set_columns,
			pg_catalog.bool_and(a.attnotnull) AS not_null
		FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY u (number, i) JOIN pg_catalog.pg_attribute a
			ON a.attrelid OPERATOR(pg_catalog.=) k.conrelid AND a.attnum OPERATOR(pg_catalog.=) u.number) own
	CROSS JOIN LATERAL (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY i) AS columns,
			pg_catalog.string_agg(a.attname, '_' ORDER BY i) AS joined
		FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY u (number, i) JOIN pg_catalog.pg_attribute a
			ON a.attrelid OPERATOR(pg_catalog.=) k.confrelid AND a.attnum OPERATOR(pg_catalog.=) u.number) referenced
	CROSS JOIN LATERAL (SELECT pg_catalog.concat_ws('_', pk.relname, k.referenced_column, referenced.joined, 'key') AS name) new
	CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM pg_catalog.pg_index i
		WHERE i.indrelid OPERATOR(pg_catalog.=) k.confrelid AND i.indisunique AND i.indisvalid AND i.indimmediate
			AND i.indpred IS NULL AND i.indexprs IS NULL
			AND i.indnkeyatts OPERATOR(pg_catalog.=) (pg_catalog.cardinality(k.confkey) OPERATOR(pg_catalog.+) 1)
			AND (i.indkey::int2[])[0:i.indnkeyatts OPERATOR(pg_catalog.-) 1]
				OPERATOR(pg_catalog.@>) pg_catalog.array_append(k.confkey, k.referenced_number)) AS is_there) there
	-- Those of partitions follow their parents'.
	WHERE k.conparentid OPERATOR(pg_catalog.=) 0::oid AND k.tenant_column IS NOT NULL AND k.referenced_column IS NOT NULL
		AND NOT k.pairs;
COMMENT ON VIEW tenant.unsafe_foreign_keys IS 'Foreign keys that span tenants, with the statements that pair the tenant columns';

-- Unique keys without the tenant column, with the statements that put it first; none where a foreign key needs the key as it is.
CREATE VIEW tenant.unsafe_unique_keys AS
	SELECT p.tbl, x.relname AS name,
		CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_constraint f
			WHERE f.contype OPERATOR(pg_catalog.=) 'f' AND f.conindid OPERATOR(pg_catalog.=) i.indexrelid) THEN NULL
		WHEN k.oid IS NOT NULL THEN pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %2$I %s;', t.name, k.conname,
			overlay(k.def PLACING pg_catalog.format('(%I, ', p.tenant_column) FROM pg_catalog.strpos(k.def, '(') FOR 1))
		ELSE pg_catalog.format('DROP INDEX %I.%I; CREATE UNIQUE INDEX %2$I ON %s USING %I (%I, %s;', t.nspname, x.relname, t.name,
			am.amname, p.tenant_column, pg_catalog.substr(pg_catalog.pg_get_indexdef(i.indexrelid), 1 OPERATOR(pg_catalog.+)
				pg_catalog.length(pg_catalog.format('CREATE UNIQUE INDEX %I ON %s%s USING %I (', x.relname,
					CASE WHEN x.relkind OPERATOR(pg_catalog.=) 'I' THEN 'ONLY ' END, t.name, am.amname))))
		END AS fix
	FROM tenant.protected_tables p
	JOIN pg_catalog.pg_index i ON i.indrelid OPERATOR(pg_catalog.=) p.tbl AND i.indisunique
	JOIN pg_catalog.pg_class x ON x.oid OPERATOR(pg_catalog.=) i.indexrelid
	JOIN pg_catalog.pg_am am ON am.oid OPERATOR(pg_catalog.=) x.relam
	JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) i.indrelid AND a.attname OPERATOR(pg_catalog.=) p.tenant_column
	CROSS JOIN LATERAL (SELECT n.nspname, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
		FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
		WHERE c.oid OPERATOR(pg_catalog.=) i.indrelid) t
	LEFT JOIN LATERAL (SELECT c.oid, c.conname, pg_catalog.pg_get_constraintdef(c.oid) AS def FROM pg_catalog.pg_constraint c
		WHERE c.conindid OPERATOR(pg_catalog.=) i.indexrelid AND c.conrelid OPERATOR(pg_catalog.=) i.indrelid
			AND c.contype OPERATOR(pg_catalog.=) ANY (ARRAY['p', 'u']::"char"[])) k ON true
	WHERE NOT x.relispartition
		AND NOT (i.indkey::int2[])[0:i.indnkeyatts OPERATOR(pg_catalog.-) 1] OPERATOR(pg_catalog.@>) ARRAY[a.attnum];
COMMENT ON VIEW tenant.unsafe_unique_keys IS 'Unique keys that span tenants, with the statements that put the tenant column first';

CREATE VIEW tenant.unsafe_keys AS
	SELECT k.conrelid::pg_catalog.regclass AS tbl, k.conname AS name, 'foreign' AS kind, k.fix,
		NOT EXISTS (SELECT FROM tenant.key_checks c WHERE c.spans
			AND (c.present IS NULL OR c.enabled OPERATOR(pg_catalog.<>) ALL (ARRAY['O', 'A']::"char"[]))
			AND (c.conrelid OPERATOR(pg_catalog.=) k.conrelid OR c.conrelid::pg_catalog.regclass OPERATOR(pg_catalog.=) ANY (
				SELECT relid FROM pg_catalog.pg_partition_tree(k.conrelid)))
			AND (c.confrelid OPERATOR(pg_catalog.=) k.confrelid OR c.confrelid::pg_catalog.regclass OPERATOR(pg_catalog.=) ANY (
				SELECT relid FROM pg_catalog.pg_partition_tree(k.confrelid)))) AS checked
	FROM tenant.unsafe_foreign_keys k
	UNION ALL
	SELECT tbl, name, 'unique', fix, NULL FROM tenant.unsafe_unique_keys;
COMMENT ON VIEW tenant.unsafe_keys IS 'Keys of protected tables that span tenants, with the SQL that mends them';
