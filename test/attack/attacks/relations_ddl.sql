-- as: app owner superuser
-- What protects materialized views and foreign tables taken away: the label, the column, the query, the options; emptied and copied.
\set ON_ERROR_ROLLBACK on
BEGIN;
SECURITY LABEL FOR pg_tenant ON FOREIGN TABLE shop.stock IS NULL;
SECURITY LABEL FOR pg_tenant ON MATERIALIZED VIEW shop.copies IS NULL;
SELECT * FROM shop.stock;
SELECT * FROM shop.copies;
ALTER FOREIGN TABLE shop.stock RENAME tenant_id TO was;
SELECT * FROM shop.stock;
ALTER FOREIGN TABLE shop.stock ALTER item OPTIONS (ADD column_name 'tenant_id'), ALTER tenant_id OPTIONS (ADD column_name 'item');
SELECT * FROM shop.stock;
ALTER FOREIGN TABLE shop.stock DROP COLUMN tenant_id CASCADE;
SELECT * FROM shop.stock;
ALTER MATERIALIZED VIEW shop.copies RENAME COLUMN tenant_id TO was;
ALTER MATERIALIZED VIEW shop.copies RENAME COLUMN name TO tenant_id;
SELECT * FROM shop.copies;
ALTER MATERIALIZED VIEW shop.copies RENAME TO others;
SELECT * FROM shop.others;
COPY shop.stock TO STDOUT;
ROLLBACK;
TRUNCATE shop.stock;
DELETE FROM shop.stock WHERE price > 0;
UPDATE shop.stock SET tenant_id = :'other' WHERE id = 1;
INSERT INTO shop.stock VALUES (:'other', 901, 'planted', 1);
COPY shop.stock FROM STDIN;
bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb	902	planted	1
\.
EXPLAIN (VERBOSE, COSTS off) DELETE FROM shop.stock;
SELECT * FROM shop.stock WHERE shop.peek(item);
SELECT * FROM shop.super_copies WHERE shop.peek(secret);
