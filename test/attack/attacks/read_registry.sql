-- as: app owner none
-- The registry: other tenants' names. Row-level security alone has none; the mutation "registry readable by everyone" shows that this would notice.
\set ON_ERROR_ROLLBACK on
BEGIN;
SELECT * FROM tenant.tenants;
TABLE tenant.resources;
TABLE tenant.protected_tables;
SELECT * FROM tenant.list();
SELECT tenant.provision(:'other', 'mine');
SELECT tenant.suspend(:'other', 'attack');
SELECT tenant.lock_for_step(:'other', '{active}', 'look at');
SELECT table_to_xml('tenant.tenants', true, false, '');
SET app.tenant_id = :'other';
SET app.tenant_name = 'mine';
SELECT * FROM shop.customers LIMIT 0;
SELECT tenant.set(:'third');
SELECT tenant.set_from_headers(jsonb_build_object('X-Tenant-ID', :'other', 'X-Tenant-Name', 'guess'));
SET app.platform_id = 'guess';
SELECT tenant.execute(:'other', 'SELECT 1');
ROLLBACK;
