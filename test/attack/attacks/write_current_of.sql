-- UPDATE … WHERE CURRENT OF, through cursors over the table, a superuser's view, a partition.
BEGIN;
DECLARE c CURSOR FOR SELECT * FROM shop.customers FOR UPDATE;
MOVE FORWARD 31 IN c;
FETCH 1 FROM c;
UPDATE shop.customers SET name = 'taken' WHERE CURRENT OF c RETURNING *;
COMMIT;
BEGIN;
DECLARE c CURSOR FOR SELECT * FROM shop.orders_2026 WHERE tenant_id <> :'me';
FETCH 1 FROM c;
DELETE FROM shop.orders_2026 WHERE CURRENT OF c RETURNING *;
COMMIT;
