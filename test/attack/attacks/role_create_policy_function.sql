-- The functions that policies call, replaced, moved, renamed, given other rights by whoever may.
-- as: app owner
\set ON_ERROR_ROLLBACK on
BEGIN;
CREATE OR REPLACE FUNCTION tenant.current_uuid() RETURNS uuid LANGUAGE sql AS $$SELECT 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'::uuid$$;
ALTER FUNCTION tenant.current_uuid() SET app.tenant_id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb';
ALTER FUNCTION tenant.current_uuid() RENAME TO was;
ALTER FUNCTION tenant.current_uuid() OWNER TO CURRENT_USER;
CREATE FUNCTION tenant.current_uuid(text DEFAULT 'x') RETURNS uuid LANGUAGE sql AS $$SELECT 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'::uuid$$;
CREATE POLICY tenant_isolation ON shop.customers USING (true);
CREATE POLICY a_wide ON shop.customers USING (true);
SELECT * FROM shop.super_view;
ROLLBACK;
