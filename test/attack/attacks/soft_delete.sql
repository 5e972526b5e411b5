-- as: app owner superuser bypass none
-- Marking, waking and reading rows that are marked, of other tenants. Row-level security alone hides no marked rows, but other tenants'. mutation: bypass roles not confined
DELETE FROM shop.marked WHERE tenant_id = :'other';
DELETE FROM shop.marked USING shop.countries RETURNING marked.*;
SET app.include_deleted = on;
SELECT * FROM shop.marked WHERE tenant_id <> :'me';
UPDATE shop.marked SET deleted_at = NULL WHERE tenant_id <> :'me';
UPDATE shop.marked SET deleted_at = NULL, tenant_id = :'other' WHERE id = 2;
COPY shop.marked TO STDOUT;
SET app.include_deleted = alone;
SELECT shop.found(count(*) > 20) FROM shop.marked;
PREPARE kept AS SELECT * FROM shop.marked;
EXECUTE kept;
SET app.include_deleted = off;
EXECUTE kept;
SET app.include_deleted = on;
EXECUTE kept;
DELETE FROM shop.marked;
MERGE INTO shop.marked m USING (VALUES (:'other'::uuid, 1)) v (t, i) ON m.tenant_id = v.t AND m.id = v.i WHEN MATCHED THEN DELETE;
INSERT INTO shop.marked (tenant_id, id, body) VALUES (:'other', 2, 'x') ON CONFLICT (tenant_id, id) DO UPDATE SET deleted_at = NULL;
SELECT tenant.restore_rows('shop.marked', 'true');
SELECT tenant.restore_rows('shop.marked', format('tenant_id = %L) OR (true', :'other'));
SELECT tenant.hard_delete();
BEGIN;
SELECT tenant.hard_delete();
DELETE FROM shop.marked WHERE tenant_id = :'other';
DELETE FROM shop.marked RETURNING *;
COMMIT;
