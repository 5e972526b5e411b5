-- as: owner superuser
-- Policies of the owner's beside the filter: whether that has moved or not, they look at one tenant's rows only.
\set ON_ERROR_ROLLBACK on
SET enable_indexscan = off;
BEGIN;
CREATE POLICY a_wide ON shop.orders USING (shop.peek(item));
CREATE POLICY a_narrow ON shop.orders AS RESTRICTIVE USING (price > 0 AND shop.peek(item));
CREATE POLICY z_like ON shop.notes AS RESTRICTIVE USING (body NOT LIKE 'C%\');
CREATE POLICY z_divides ON shop.items AS RESTRICTIVE USING (1 / (price - 987650007) < 1000);
CREATE POLICY a_reads ON shop.customers AS RESTRICTIVE USING (balance > 0 AND EXISTS (SELECT FROM shop.countries k WHERE shop.peek(secret || k.code)));
SET LOCAL ROLE attack_app;
SELECT id FROM shop.orders;
SELECT id FROM shop.orders WHERE price > 0;
SELECT id FROM shop.orders_2026 WHERE item LIKE '%';
SELECT shop.oracle('SELECT id FROM shop.notes', '22025');
SELECT shop.oracle('SELECT id FROM shop.notes WHERE body LIKE ''%''', '22025');
SELECT shop.oracle('SELECT id FROM shop.items', '22012');
SELECT shop.oracle('SELECT id FROM shop.items WHERE price > 0 AND data @> ''{}''', '22012');
SELECT id FROM shop.customers;
SELECT id FROM shop.customers WHERE balance > 0 AND name LIKE '%';
UPDATE shop.customers SET balance = balance WHERE balance > 0;
SELECT c.id FROM shop.customers c JOIN shop.orders o USING (id) WHERE c.balance > 0 AND o.price > 0;
SELECT count(*) FROM shop.owner_view WHERE name LIKE '%';
ROLLBACK;
