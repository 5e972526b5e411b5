-- as: app owner superuser
-- EXPLAIN of every command, in every format, writes nothing.
EXPLAIN (COSTS off) SELECT * FROM shop.customers \g /dev/null
EXPLAIN (COSTS off, VERBOSE, FORMAT json) UPDATE shop.customers SET name = 'x' \g /dev/null
EXPLAIN (COSTS off, FORMAT xml) DELETE FROM shop.super_view \g /dev/null
EXPLAIN (FORMAT yaml) INSERT INTO shop.notes (id) SELECT 1 \g /dev/null
EXPLAIN MERGE INTO shop.items i USING shop.customers c ON i.id = c.id WHEN MATCHED THEN DELETE \g /dev/null
EXPLAIN (ANALYZE, BUFFERS, WAL, SETTINGS) SELECT * FROM shop.orders JOIN shop.customers c ON c.id = customer_id \g /dev/null
EXPLAIN DECLARE c CURSOR FOR SELECT * FROM shop.customers \g /dev/null
PREPARE q AS SELECT * FROM shop.owner_view;
EXPLAIN EXECUTE q \g /dev/null
SELECT 'control ok' WHERE (SELECT count(*) FROM shop.customers WHERE name LIKE 'mine%') = 20 AND (SELECT count(*) FROM shop.items) = 20;
