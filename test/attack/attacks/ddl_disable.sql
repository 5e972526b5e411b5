-- as: app owner superuser
-- Policies switched off (pgplex/pgschema#471).
\set ON_ERROR_ROLLBACK on
BEGIN;
ALTER TABLE shop.customers NO FORCE ROW LEVEL SECURITY;
ALTER TABLE shop.orders_2026 DISABLE ROW LEVEL SECURITY;
SELECT * FROM shop.customers;
SELECT * FROM shop.orders_2026;
DO $$BEGIN ALTER TABLE shop.items DISABLE ROW LEVEL SECURITY; END$$;
SELECT * FROM shop.items;
ROLLBACK;
