-- as: app owner none
-- The registry: other tenants' names. Row-level security alone has none; the mutation "registry readable by everyone" shows that this would notice.
\set ON_ERROR_ROLLBACK on
BEGIN;
SELECT * FROM tenant.tenants;
TABLE tenant.resources;
TABLE tenant.protected_tables;
SELECT * FROM tenant.list();
SELECT * FROM tenant.search_tenants();
SELECT * FROM tenant.platform_tenants();
TABLE tenant.audit_log;
TABLE tenant.audit_log_default;
TABLE tenant.tenant_domains;
TABLE tenant.provision_keys;
TABLE tenant.company_tenants;
SELECT tenant.id_for_domain('%');
SELECT tenant.set_from_domain('other.example');
SELECT tenant.complete_provisioning(:'other', false);
SELECT * FROM pg_stats WHERE schemaname = 'tenant';
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
