-- What a command tag tells: counts of rows that were not one's own.
UPDATE shop.customers SET balance = balance WHERE tenant_id <> :'me';
\if :{?ROW_COUNT}
SELECT shop.found(:ROW_COUNT > 0);
\endif
DELETE FROM shop.items WHERE tenant_id = :'other';
SELECT shop.found(:ROW_COUNT > 0);
MERGE INTO shop.customers c USING generate_series(21, 40) g ON c.id = g WHEN MATCHED THEN UPDATE SET balance = 0;
SELECT shop.found(:ROW_COUNT > 0);
CREATE TEMP TABLE t AS SELECT * FROM shop.super_view;
SELECT shop.found(:ROW_COUNT > 20);
