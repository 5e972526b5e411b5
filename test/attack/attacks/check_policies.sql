-- as: owner superuser
-- The checks of the owner's other policies and of views stay, whatever becomes of ours.
\set ON_ERROR_ROLLBACK on
BEGIN;
CREATE POLICY no_debt ON shop.customers AS RESTRICTIVE FOR UPDATE USING (true) WITH CHECK (balance >= 0);
CREATE POLICY new_debt ON shop.customers AS RESTRICTIVE FOR INSERT WITH CHECK (balance >= 0);
SET LOCAL ROLE attack_app;
SELECT shop.found(shop.ending('UPDATE shop.customers SET balance = -1 WHERE id = 1') <> '42501');
SELECT shop.found(shop.ending('INSERT INTO shop.customers (id, balance) VALUES (901, -1)') <> '42501');
SELECT shop.found(shop.ending('INSERT INTO shop.customers (id, balance) VALUES (1, 1) ON CONFLICT (tenant_id, id) DO UPDATE SET balance = -1') <> '42501');
SELECT shop.found(shop.ending('INSERT INTO shop.check_view (id, balance) VALUES (701, 5)') <> '44000');
SELECT shop.found(shop.ending('UPDATE shop.check_view SET id = 701 WHERE id = 1') <> '44000');
ROLLBACK;
