-- as: owner/none superuser/none superuser
-- Maintenance of every kind, without a tenant too: nothing of it needs one, and all rows survive it.
VACUUM (FULL) shop.items;
VACUUM (FREEZE, ANALYZE) shop.orders;
REINDEX TABLE CONCURRENTLY shop.customers;
REINDEX INDEX shop.items_sku;
CLUSTER shop.items USING items_tenant_id_id_key;
ALTER TABLE shop.items ALTER price SET STATISTICS 500, SET (fillfactor = 90), CLUSTER ON items_tenant_id_id_key;
CREATE STATISTICS play.both ON id, price FROM shop.items;
ANALYZE shop.items, shop.customers (name), shop.notes;
CREATE INDEX CONCURRENTLY more ON shop.items (price);
SELECT 'control ok' FROM pg_class WHERE oid = 'shop.items'::regclass AND reltuples = 100 AND (SELECT indisvalid FROM pg_index WHERE indexrelid = 'shop.more'::regclass);
