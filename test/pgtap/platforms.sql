-- Platforms: who operates one, what he sees, and what he does not.
BEGIN;
SELECT plan(37);
\ir fixture/shop.sql
CREATE ROLE tap_west;
CREATE ROLE tap_login;
GRANT tap_west, tap_app TO tap_login;
SET SESSION AUTHORIZATION tap_admin;
SELECT tenant.provision('w-' || n, platform_id => 'west', activate => n <> 2) FROM generate_series(1, 3) n \g /dev/null
SELECT tenant.provision('e-1', platform_id => 'east'), tenant.provision('none-1') \g /dev/null
SELECT tenant.soft_delete('w-3') \g /dev/null

-- grant_platform(), revoke_platform().
SELECT lives_ok($$SELECT tenant.grant_platform('tap_west', 'west')$$, 'a role comes to operate a platform');
SELECT lives_ok($$SELECT tenant.grant_platform('tap_west', 'west')$$, 'twice is once');
SELECT throws_ok($$SELECT tenant.grant_platform(0::oid::regrole, 'west')$$, '42704', NULL, 'no such role');
SELECT throws_ok(format('SELECT tenant.grant_platform(''tap_west'', %L)', platform), '22023', NULL, format('no platform: %s', coalesce(platform, 'NULL')))
	FROM unnest(ARRAY['', ' x', NULL]) platform;
SELECT throws_ok($$SELECT tenant.revoke_platform('tap_west', 'east')$$, '42704', NULL, 'no such grant');
SELECT results_eq($$SELECT role::text, platform_id FROM tenant.role_platforms$$, $$VALUES ('tap_west', 'west' COLLATE "C")$$, 'the view has it');
SELECT is_empty('SELECT FROM tenant.role_tenants', 'and no tenant is granted with it');
SELECT throws_ok('TABLE tenant.platform_grants', '42501', NULL, 'the table is nobody''s');

-- A UUID in any spelling.
SELECT tenant.provision('{DDDDDDDD-0000-4000-8000-00000000000' || n || '}', platform_id => 'EEEEEEEE-0000-4000-8000-000000000001') FROM generate_series(1, 2) n \g /dev/null
SELECT is((SELECT count(*) FROM tenant.search_tenants(platform => 'EEEEEEEE-0000-4000-8000-000000000001', after => 'DDDDDDDD-0000-4000-8000-000000000001')), 1::bigint, 'a search by platform, after a tenant');
SELECT is(tenant.count_tenants('DDDDDDDD000040008000000000000002', NULL, 'EEEEEEEE000040008000000000000001'), 1::bigint, 'and a count');
SET app.platform_id = '{EEEEEEEE-0000-4000-8000-000000000001}';
SELECT is(current_setting('app.platform_id'), 'eeeeeeee-0000-4000-8000-000000000001', 'the setting is kept in canonical form');
SET SESSION AUTHORIZATION tap_app;
SELECT lives_ok($$SELECT tenant.set_from_headers('{"X-Tenant-ID": "DDDDDDDD-0000-4000-8000-000000000001", "X-Platform-ID": "EEEEEEEE-0000-4000-8000-000000000001"}')$$, 'and agrees with the registry');
RESET SESSION AUTHORIZATION;
SELECT tenant.clear() \g /dev/null
SELECT is((SELECT count(*) FROM tenant.search_tenants('DDDDDDDD-0000-4000-8000-000000000002')), 1::bigint, 'a whole id is found');
RESET app.platform_id;
SET SESSION AUTHORIZATION tap_admin;

-- What he sees.
SET SESSION AUTHORIZATION tap_west;
SELECT throws_ok('SELECT * FROM tenant.platform_tenants()', '55000', 'no platform is set', 'nothing without a platform');
SET app.platform_id = 'west';
SELECT results_eq('SELECT tenant_id, status FROM tenant.platform_tenants()', $$VALUES ('w-1', 'active'), ('w-2', 'pending'), ('w-3', 'deleted')$$,
	'the tenants of his platform, in every state');
SELECT results_eq($$SELECT tenant_id FROM tenant.platform_tenants(page_size => 2)$$, ARRAY['w-1', 'w-2'], 'a page');
SELECT results_eq($$SELECT tenant_id FROM tenant.platform_tenants('w-2', 2)$$, ARRAY['w-3'], 'and the next');
SELECT throws_ok('SELECT * FROM tenant.platform_tenants(page_size => 0)', '22023', NULL, 'no page');
SET app.platform_id = 'east';
SELECT throws_ok('SELECT * FROM tenant.platform_tenants()', '42501', 'role "tap_west" does not operate the platform', 'not those of another one');
SET app.platform_id = 'nowhere';
SELECT throws_ok('SELECT * FROM tenant.platform_tenants()', '42501', NULL, 'nor whether there is another one');
SET app.platform_id = 'west';
SELECT throws_ok(command, '42501', NULL, 'nothing else: ' || command) FROM unnest(ARRAY['TABLE tenant.tenants', 'SELECT tenant.list()', 'TABLE tenant.role_platforms',
	$$SELECT tenant.suspend('w-1')$$, $$SELECT tenant.grant_platform('tap_west', 'east')$$, $$SELECT tenant.operates('east')$$]) command;
SET SESSION AUTHORIZATION tap_login;
SELECT throws_ok('SELECT * FROM tenant.platform_tenants()', '42501', 'role "tap_login" does not operate the platform', 'nor may who could act as him');
SET ROLE tap_west;
SELECT is((SELECT count(*) FROM tenant.platform_tenants()), 3::bigint, 'until he does');
SET ROLE tap_app;
SELECT throws_ok('SELECT * FROM tenant.platform_tenants()', '42501', 'role "tap_app" does not operate the platform', 'or acts as somebody else');
RESET ROLE;
RESET SESSION AUTHORIZATION;
GRANT SELECT ON shop.orders TO tap_west;
SET SESSION AUTHORIZATION tap_west;
SELECT throws_ok('SELECT FROM shop.orders', 'TN001', NULL, 'nor rows, without a tenant');
SELECT throws_ok($$SELECT tenant.set('w-1')$$, 'TN005', NULL, 'nor as one of the tenants');
SET app.tenant_id = 'w-1';
SELECT throws_ok('SELECT * FROM tenant.platform_tenants()', '55000', 'a tenant is set', 'no list for a tenant''s session');
RESET app.tenant_id;
RESET SESSION AUTHORIZATION;
SELECT tenant.grant_tenant('tap_west', 'w-1') \g /dev/null
SET SESSION AUTHORIZATION tap_west;
SELECT is(tenant.set('w-1', false), 'w-1', 'a tenant that he was granted he may use');
SELECT tenant.seal() \g /dev/null
RESET app.tenant_id;
SET app.platform_id = 'west';
SELECT throws_ok('SELECT * FROM tenant.platform_tenants()', '55000', 'a tenant is set', 'who is sealed to it has no list');
SELECT is((tenant.identity()).platform_id, NULL, 'nor a platform of its own');
RESET SESSION AUTHORIZATION;
SELECT * FROM finish();
ROLLBACK;
