-- as: app owner bypass none
-- Another tenant deleted, counted, purged, or its purge forged. Row-level security alone has no tenants. mutation: anybody deletes tenants
SELECT tenant.soft_delete(:'other');
SELECT tenant.restore(:'other');
CALL tenant.purge(:'other', force => true);
CALL tenant.purge(:'other', dry_run => true);
SELECT tenant.begin_purge(:'other', true, 'me');
SELECT tenant.note_purged(:'other', 'shop.customers'::regclass, 1);
SELECT tenant.finish_purge(:'other', 'me');
SELECT tenant.unfinished_purge(:'other');
SELECT * FROM tenant.purges;
SELECT * FROM tenant.purged_rows;
DELETE FROM tenant.purges;
INSERT INTO tenant.purges (tenant_id, started_at, name, deleted_at, started_by, forced) VALUES (:'other', now(), 'x', now(), 'me', true);
UPDATE tenant.tenants SET status = 'deleted';
SET app.tenant_id = :'other';
SELECT shop.found(shop.ending('SELECT 1 FROM shop.customers') IN ('TN002', 'TN003'));
