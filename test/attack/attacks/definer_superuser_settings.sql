-- as: app owner none
-- A superuser's function that runs what it is told: switches off what confines, and becomes somebody else.
SELECT shop.super_run('SET pg_tenant.confine_bypass_roles = off; SET row_security = off; SET pg_tenant.require_registered = off');
SELECT * FROM shop.customers;
SELECT * FROM shop.super_view;
SELECT * FROM shop.super_definer();
SELECT shop.super_dynamic('SET pg_tenant.confine_bypass_roles = off; SELECT secret FROM shop.customers');
SELECT shop.super_run('SET ROLE attack_root');
SELECT shop.super_run('SET SESSION AUTHORIZATION attack_root');
SELECT * FROM shop.super_view;
SELECT set_config('role', 'attack_root', false), set_config('session_authorization', 'attack_root', false);
SELECT * FROM shop.super_view;
