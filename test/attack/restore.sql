-- The rows as the fixture made them, where an attack has changed rows only.
\set ON_ERROR_STOP on
SET row_security = off;
SET session_replication_role = replica;
BEGIN;
TRUNCATE shop.customers, shop.orders, shop.notes, shop.items, shop.albums, shop.photos, shop.spill;
SELECT format('INSERT INTO shop.%1$s TABLE saved.%1$s', name)
	FROM unnest('{customers,orders_2025,orders_2026,notes,urgent_notes,items,albums,photos}'::text[]) name \gexec
TRUNCATE depot.stock;
INSERT INTO depot.stock TABLE saved.stock;
REFRESH MATERIALIZED VIEW shop.copies;
COMMIT;
