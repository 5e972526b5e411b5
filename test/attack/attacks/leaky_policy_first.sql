-- as: app owner superuser
-- A restrictive policy of the owner's, whose name comes before ours, with a cheap function that tells its argument.
\set ON_ERROR_ROLLBACK on
SET enable_indexscan = off;
SET enable_bitmapscan = off;
BEGIN;
CREATE POLICY a_first ON shop.customers AS RESTRICTIVE USING (shop.peek(secret));
CREATE POLICY a_second ON shop.notes USING (shop.peek(body));
SET LOCAL ROLE attack_app;
SELECT id FROM shop.customers;
SELECT id FROM shop.notes;
UPDATE shop.customers SET balance = 1;
ROLLBACK;
