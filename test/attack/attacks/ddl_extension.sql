-- as: app owner superuser
-- The extension and its parts dropped, altered, replaced; then the tables read by those whom policies bind.
-- Row-level security alone holds for them too: FORCE without a policy shows nothing. sql/boundary tests what is left behind;
-- the superuser looks at a table before.
\set ON_ERROR_ROLLBACK on
BEGIN;
DROP SCHEMA tenant CASCADE;
ALTER SCHEMA tenant RENAME TO was;
SELECT tenant.share('shop.items');
TABLE shop.ledger_rest;
DROP EXTENSION pg_tenant CASCADE;
SET ROLE attack_app;
SELECT * FROM shop.customers;
SELECT * FROM shop.orders_2026;
SELECT * FROM shop.urgent_notes;
SELECT * FROM tenant.tenants;
ROLLBACK;
