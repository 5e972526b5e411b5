-- The rows as the fixture made them, where an attack has changed rows only.
\set ON_ERROR_STOP on
SET row_security = off;
SET session_replication_role = replica;
BEGIN;
TRUNCATE shop.customers, shop.orders, shop.notes, shop.items, shop.ledger, shop.lines, shop.hostile, shop.albums, shop.photos, shop.marked, shop.spill, shop.super_ruled;
SELECT format('INSERT INTO shop.%1$s (%2$s) TABLE saved.%1$s', relname, string_agg(attname, ', '))
	FROM pg_class c JOIN pg_attribute ON attrelid = c.oid AND attnum > 0 WHERE relnamespace = 'saved'::regnamespace GROUP BY relname \gexec
TRUNCATE depot.stock;
INSERT INTO depot.stock TABLE depot.saved;
REFRESH MATERIALIZED VIEW shop.copies;
COMMIT;
