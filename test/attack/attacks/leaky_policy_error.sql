-- as: app owner superuser
-- The same where the policy raises an error about the row, and reads other tables.
\set ON_ERROR_ROLLBACK on
SET enable_indexscan = off;
SET enable_bitmapscan = off;
BEGIN;
CREATE POLICY a_number ON shop.items AS RESTRICTIVE USING ((CASE WHEN price > 1000 THEN data ->> 'sku' ELSE '1' END)::int > 0);
CREATE POLICY a_join ON shop.orders AS RESTRICTIVE USING (EXISTS (SELECT FROM shop.customers c WHERE c.id = customer_id AND shop.peek(c.secret || item)));
SELECT id FROM shop.items;
SELECT id FROM shop.orders;
SET LOCAL ROLE attack_app;
SELECT id FROM shop.items;
SELECT id FROM shop.orders;
ROLLBACK;
