-- Which role counts when a platform's tenants are listed: the session's user, the one that it acts as, what binds them.
BEGIN;
SELECT plan(9);
\ir fixture/shop.sql
CREATE ROLE tap_west;
CREATE ROLE tap_login;
GRANT tap_west, tap_app TO tap_login;
SELECT tenant.provision('w-1', platform_id => 'west'), tenant.grant_platform('tap_west', 'west') \g /dev/null
SET app.platform_id = 'west';
SELECT throws_ok('SELECT * FROM tenant.platform_tenants()', '42501', NULL, 'a superuser operates nothing');
SET SESSION AUTHORIZATION tap_login;
SELECT throws_ok('SELECT * FROM tenant.platform_tenants()', '42501', NULL, 'a member does not by itself');
SET ROLE tap_west;
SELECT is((SELECT count(*) FROM tenant.platform_tenants()), 1::bigint, 'it does when it acts as the role');
RESET ROLE;
RESET SESSION AUTHORIZATION;
SELECT tenant.grant_platform('tap_login', 'east') \g /dev/null
SET SESSION AUTHORIZATION tap_login;
SET ROLE tap_west;
SELECT throws_ok('SELECT * FROM tenant.platform_tenants()', '42501', NULL, 'but not if it is bound to another platform');
RESET ROLE;
RESET SESSION AUTHORIZATION;
SELECT tenant.revoke_platform('tap_login', 'east'), tenant.grant_tenant('tap_login', 'w-1') \g /dev/null
SET SESSION AUTHORIZATION tap_login;
SET ROLE tap_west;
SELECT throws_ok('SELECT * FROM tenant.platform_tenants()', '42501', NULL, 'nor to a tenant');
RESET ROLE;
RESET SESSION AUTHORIZATION;
SELECT results_eq('SELECT role::text, tenant_id FROM tenant.role_tenants', $$VALUES ('tap_login', 'w-1' COLLATE "C")$$, 'what binds operators is no tenant');
SELECT tenant.revoke_platform('tap_west', 'west') \g /dev/null
SELECT is_empty($$SELECT FROM tenant.role_grants WHERE tenant_id = ''$$, 'without platforms a role is bound no more');
SET SESSION AUTHORIZATION tap_west;
SELECT throws_ok('SELECT * FROM tenant.platform_tenants()', '42501', NULL, 'and has no list');
SELECT is(tenant.set('w-1'), 'w-1', 'but may use tenants, as any role');
RESET SESSION AUTHORIZATION;
SELECT * FROM finish();
ROLLBACK;
