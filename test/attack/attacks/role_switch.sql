-- as: app owner none
-- To be someone else.
SET ROLE attack_root;
SELECT * FROM shop.customers;
SET SESSION AUTHORIZATION attack_root;
SELECT * FROM shop.customers;
ALTER ROLE CURRENT_USER BYPASSRLS;
SET pg_tenant.confine_bypass_roles = off;
SET pg_tenant.on_missing_tenant = 'empty';
SELECT * FROM shop.customers;
SELECT * FROM shop.super_view;
