-- A key that knows no tenants meets another tenant's row, which an elided check would let be changed.
\set ON_ERROR_ROLLBACK on
INSERT INTO shop.albums (id, title) VALUES (987650007, 'planted') ON CONFLICT (id) DO UPDATE SET title = 'taken';
INSERT INTO shop.albums (id, title) SELECT 987650000 + g, 'planted' FROM generate_series(1, 3) g ON CONFLICT (id) DO UPDATE SET title = excluded.title RETURNING title;
INSERT INTO shop.albums (id, title) VALUES (987650007, 'planted') ON CONFLICT (id) DO UPDATE SET title = 'taken' WHERE shop.peek(albums.title);
INSERT INTO shop.albums (id, title) VALUES (987650007, 'planted') ON CONFLICT (id) DO UPDATE SET title = 'taken' WHERE albums.title LIKE '%';
INSERT INTO shop.albums (tenant_id, id, title) VALUES (:'other', 987650007, 'planted') ON CONFLICT (id) DO UPDATE SET title = 'taken';
INSERT INTO shop.albums (id, title) VALUES (987650007, 'planted') ON CONFLICT ON CONSTRAINT albums_pkey DO UPDATE SET tenant_id = tenant.current_uuid();
INSERT INTO shop.customers (id, name) VALUES (1, 'x') ON CONFLICT (tenant_id, id) DO UPDATE SET tenant_id = :'other', id = 901;
INSERT INTO shop.customers (tenant_id, id, name) VALUES (:'other', 1, 'x') ON CONFLICT (tenant_id, id) DO UPDATE SET name = 'taken';
INSERT INTO shop.lines (id, text) VALUES (1, 'x') ON CONFLICT (tenant_id, id) DO UPDATE SET tenant_id = excluded.tenant_id, text = shop.lines.text || shop.peek(lines.loud)::text;
PREPARE u (int) AS INSERT INTO shop.albums (id, title) VALUES ($1, 'planted') ON CONFLICT (id) DO UPDATE SET title = 'taken' RETURNING *;
EXECUTE u (987650008);
SET plan_cache_mode = force_generic_plan;
EXECUTE u (107);
EXECUTE u (987650008);
MERGE INTO shop.albums a USING (VALUES (987650007)) v (id) ON a.id = v.id WHEN MATCHED THEN UPDATE SET title = 'taken' WHEN NOT MATCHED THEN INSERT (id, title) VALUES (-1, 'x');
DELETE FROM shop.albums WHERE id = -1;
