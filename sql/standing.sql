-- A statement on a protected table needs a tenant that is set, registered and active; others need nothing.
\set SHOW_CONTEXT never
SET SESSION AUTHORIZATION fx_app;
SELECT count(*) FROM fx.customers;
SELECT count(*) FROM fx.countries;
EXPLAIN (COSTS off) SELECT * FROM fx.customers;
PREPARE p AS SELECT count(*) FROM fx.customers;
EXECUTE p;
INSERT INTO fx.customers (id, name) VALUES (50, 'nobody''s');
SELECT count(*) FROM fx.countries c WHERE EXISTS (SELECT FROM fx.orders WHERE customer_id = 99);
SELECT tenant.current_id(), tenant.current_uuid(), tenant.current_bigint(), tenant.current_int();
SELECT tenant.require_id();

SET app.tenant_id = 'nobody';
SELECT count(*) FROM fx.notes;
SET app.tenant_id = '33333333-3333-3333-3333-333333333333';
EXECUTE p;

-- With "empty", reading without a tenant shows nothing; writes still fail, and so do bad tenants.
RESET SESSION AUTHORIZATION;
SET pg_tenant.on_missing_tenant = 'empty';
SET SESSION AUTHORIZATION fx_app;
SET pg_tenant.on_missing_tenant = 'error';
SET app.tenant_id = '';
SELECT count(*) FROM fx.customers;
EXECUTE p;
INSERT INTO fx.customers (id, name) VALUES (50, 'nobody''s');
UPDATE fx.customers SET name = 'x';
DELETE FROM fx.customers;
SET app.tenant_id = 'nobody';
SELECT count(*) FROM fx.notes;
RESET SESSION AUTHORIZATION;
RESET pg_tenant.on_missing_tenant;

-- Databases that keep their own list: no registry needed, but one that is suspended stays out.
SET pg_tenant.require_registered = off;
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = 'nobody';
SELECT count(*) FROM fx.notes;
INSERT INTO fx.notes (id, body) VALUES (1, 'theirs') RETURNING org;
DELETE FROM fx.notes;
SET app.tenant_id = '33333333-3333-3333-3333-333333333333';
SELECT count(*) FROM fx.customers;
RESET SESSION AUTHORIZATION;
RESET pg_tenant.require_registered;

-- Lifecycle, felt by the next statement of the same session.
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = '33333333-3333-3333-3333-333333333333';
SELECT count(*) FROM fx.customers;
RESET SESSION AUTHORIZATION;
SELECT (tenant.activate('33333333-3333-3333-3333-333333333333')).status;
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = '33333333-3333-3333-3333-333333333333';
EXECUTE p;
RESET SESSION AUTHORIZATION;
BEGIN;
SELECT (tenant.suspend('33333333-3333-3333-3333-333333333333', 'unpaid')).status_reason;
SET LOCAL SESSION AUTHORIZATION fx_app;
SET LOCAL app.tenant_id = '33333333-3333-3333-3333-333333333333';
SAVEPOINT before;
EXECUTE p;
ROLLBACK TO before;
ROLLBACK;
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = '33333333-3333-3333-3333-333333333333';
EXECUTE p;
RESET SESSION AUTHORIZATION;
SELECT (tenant.suspend('33333333-3333-3333-3333-333333333333')).status;
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = '33333333-3333-3333-3333-333333333333';
EXECUTE p;
RESET SESSION AUTHORIZATION;
UPDATE tenant.tenants SET status = 'pending', activated_at = NULL, suspended_at = NULL
	WHERE tenant_id = '33333333-3333-3333-3333-333333333333';

-- Name and platform must agree with the registry, whose own values are not shown.
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = '22222222-2222-2222-2222-222222222222';
SET app.tenant_name = 'Bob';
SET app.platform_id = 'north';
EXECUTE p;
SET app.tenant_name = 'Bobby';
EXECUTE p;
RESET app.tenant_name;
SET app.platform_id = 'south';
EXECUTE p;
-- They bind to the tenant that they were set with.
SET app.tenant_id = '11111111-1111-1111-1111-111111111111';
EXECUTE p;
SELECT platform_id, tenant_id FROM tenant.identity();
SET app.tenant_id = '22222222-2222-2222-2222-222222222222';
EXECUTE p;
RESET app.platform_id;
-- Or to the next one, where none was set.
SET app.tenant_id = '';
SET app.tenant_name = 'Eve';
SET app.tenant_id = '22222222-2222-2222-2222-222222222222';
EXECUTE p;
SET app.tenant_id = '22222222-2222-2222-2222-222222222222';
EXECUTE p;
SET app.tenant_id = '11111111-1111-1111-1111-111111111111';
EXECUTE p;
-- A rollback takes the tenant back, and with it what was bound to it.
SET app.tenant_id = '';
BEGIN;
SET LOCAL app.tenant_id = '11111111-1111-1111-1111-111111111111';
ROLLBACK;
SET app.tenant_id = '22222222-2222-2222-2222-222222222222';
EXECUTE p;
RESET app.tenant_name;

-- Bypass roles need a tenant as everybody does; row_security = off is how they see all.
SET app.tenant_id = '';
SET SESSION AUTHORIZATION fx_bypass;
SELECT count(*) FROM fx.customers;
SET row_security = off;
SELECT count(*) FROM fx.customers;
SET SESSION AUTHORIZATION fx_app;
SELECT count(*) FROM fx.customers;
SET SESSION AUTHORIZATION fx_owner;
SELECT count(*) FROM fx.customers;
RESET row_security;
RESET SESSION AUTHORIZATION;
-- A definer function lends nobody the right to see all.
CREATE FUNCTION fx.count_all() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN (SELECT count(*) FROM fx.customers); END';
GRANT EXECUTE ON FUNCTION fx.count_all() TO fx_app;
SET SESSION AUTHORIZATION fx_app;
SET row_security = off;
SELECT fx.count_all();
RESET row_security;
RESET SESSION AUTHORIZATION;
DROP FUNCTION fx.count_all();
