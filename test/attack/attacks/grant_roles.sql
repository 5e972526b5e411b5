-- as: superuser
-- A session of a role that is bound to one tenant, by every way to another.
SET client_min_messages = error;
-- Both columns run in one cluster.
SELECT 'bound_' || current_database() AS bound \gset
CREATE ROLE :"bound" LOGIN SUPERUSER;
SELECT tenant.grant_tenant(:'bound', :'me') \g /dev/null
GRANT :"bound" TO attack_app;
\connect - :bound
SET app.tenant_id = :'other';
SELECT * FROM shop.customers;
SELECT * FROM shop.super_view;
SELECT * FROM shop.super_definer();
COPY shop.customers TO STDOUT;
UPDATE shop.customers SET balance = 1;
SELECT * FROM tenant.query(:'other', 'TABLE shop.customers');
SELECT tenant.set_from_headers(jsonb_build_object('X-Tenant-ID', :'other'));
SELECT * FROM shop.customers;
SET row_security = off;
SELECT * FROM shop.customers;
SET pg_tenant.confine_bypass_roles = off;
SELECT * FROM shop.customers;
SET ROLE attack_root;
SELECT * FROM shop.customers;
TRUNCATE shop.customers;
RESET ROLE;
SELECT tenant.unprotect('shop.customers');
SELECT * FROM shop.customers;
\connect - attack_app
SET ROLE :"bound";
SET app.tenant_id = :'other';
SELECT * FROM shop.customers;
\connect - attack_root
DROP OWNED BY :"bound";
DROP ROLE :"bound";
