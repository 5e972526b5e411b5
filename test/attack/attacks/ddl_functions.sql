-- as: app owner
-- The functions that policies call replaced, given away, or told another tenant.
\set ON_ERROR_ROLLBACK on
BEGIN;
CREATE OR REPLACE FUNCTION tenant.current_uuid() RETURNS uuid LANGUAGE sql AS $$SELECT 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'::uuid$$;
ALTER FUNCTION tenant.current_uuid() OWNER TO CURRENT_USER;
ALTER FUNCTION tenant.current_uuid() SET app.tenant_id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb';
ALTER EXTENSION pg_tenant DROP FUNCTION tenant.current_uuid();
DROP FUNCTION tenant.current_uuid() CASCADE;
SELECT * FROM shop.customers;
ROLLBACK;
