-- The same in UPDATE and its RETURNING.
\set ON_ERROR_ROLLBACK on
BEGIN;
UPDATE shop.customers SET balance = 0 WHERE shop.peek(name);
UPDATE shop.customers SET balance = 1 WHERE tenant_id = :'other' AND shop.peek(name) RETURNING shop.peek(name);
UPDATE shop.orders SET price = 1 WHERE shop.peek(item);
ROLLBACK;
