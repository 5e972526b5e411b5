-- as: superuser
-- A sealed superuser.
SELECT tenant.seal(true) AS token \gset
SET row_security = off;
SELECT * FROM shop.customers;
SELECT * FROM shop.super_view;
COPY shop.customers TO STDOUT;
SET pg_tenant.confine_bypass_roles = off;
SELECT * FROM shop.customers;
SET row_security = on;
SELECT * FROM shop.super_sql();
TRUNCATE shop.customers;
ALTER TABLE shop.customers DISABLE ROW LEVEL SECURITY;
SELECT tenant.unprotect('shop.customers');
SELECT * FROM shop.customers;
SET SESSION AUTHORIZATION attack_owner;
RESET SESSION AUTHORIZATION;
SET ROLE attack_root;
SELECT * FROM shop.customers;
