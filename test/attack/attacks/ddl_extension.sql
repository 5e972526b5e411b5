-- as: app owner
-- The extension and its parts dropped, altered, replaced.
\set ON_ERROR_ROLLBACK on
BEGIN;
DROP EXTENSION pg_tenant CASCADE;
DROP SCHEMA tenant CASCADE;
SELECT tenant.unprotect('shop.customers');
SELECT tenant.share('shop.items');
CREATE OR REPLACE FUNCTION tenant.current_uuid() RETURNS uuid LANGUAGE sql AS $$SELECT 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'::uuid$$;
SELECT * FROM shop.customers;
SELECT * FROM shop.items;
SELECT * FROM tenant.tenants;
ROLLBACK;
