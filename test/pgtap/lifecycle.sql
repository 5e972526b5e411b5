-- provision, activate, suspend, resume: every step from every state, and what each refuses.
BEGIN;
SELECT plan(55);
\ir fixture/shop.sql

-- provision(): what is stored.
SET SESSION AUTHORIZATION tap_admin;
CREATE TEMP TABLE made AS SELECT * FROM tenant.provision();
SELECT is(tenant_id, tenant_id::uuid::text, 'without an id it makes a UUID') FROM made;
SELECT results_eq('SELECT status, name, platform_id, status_reason, domains, config, revision FROM made',
	$$VALUES ('active', NULL::text, NULL::text, NULL::text, '{}'::text[], '{}'::jsonb, 0::bigint)$$, 'and an active tenant with nothing else');
SELECT ok(created_at = now() AND updated_at = now() AND activated_at = now() AND suspended_at IS NULL AND deleted_at IS NULL,
	'with the times of its creation') FROM made;
SELECT isnt((tenant.provision()).tenant_id, (SELECT tenant_id FROM made), 'another call makes another id');
SELECT results_eq($$SELECT tenant_id COLLATE "default", name, platform_id, status, domains, config, activated_at FROM tenant.provision('tap-full', 'Full & Co',
		'west', '{a.example,b.example}', '{"plan": "gold"}', false)$$,
	$$VALUES ('tap-full', 'Full & Co', 'west', 'pending', '{a.example,b.example}'::text[], '{"plan": "gold"}'::jsonb, NULL::timestamptz)$$,
	'what it is given, by position');
SELECT results_eq($$SELECT tenant_id COLLATE "default", name, platform_id, status, domains, config FROM tenant.tenants WHERE tenant_id = 'tap-full'$$,
	$$VALUES ('tap-full', 'Full & Co', 'west', 'pending', '{a.example,b.example}'::text[], '{"plan": "gold"}'::jsonb)$$, 'is in the registry');
SELECT lives_ok(format('SELECT tenant.provision(''tap-long'', %L)', repeat('é', 256)), 'a name of 256 characters');

-- provision(): what is refused.
SELECT throws_ok('SELECT tenant.provision(' || arguments || ')', code, NULL, 'provision() refuses ' || what) FROM (VALUES
	('a registered id', '''tap-full''', '23505'), ('a registered id that is pending', format('%L', :new), '23505'),
	('a name of 257 characters', format('''tap-x'', %L', repeat('é', 257)), '22023'),
	('a name with a line feed', format('''tap-x'', %L', E'a\nb'), '22023'),
	('a name with a control character of two bytes', format('''tap-x'', %L', E'a\u0085'), '22023'),
	('an empty platform', '''tap-x'', platform_id => ''''', '22023'),
	('NULL domains', '''tap-x'', domains => NULL', '22023'), ('a NULL domain', '''tap-x'', domains => ''{a.example,NULL}''', '22023'),
	('NULL as configuration', '''tap-x'', config => NULL', '22023'), ('an array as configuration', '''tap-x'', config => ''[]''', '22023'),
	('a scalar as configuration', '''tap-x'', config => ''7''', '22023'), ('a JSON null as configuration', '''tap-x'', config => ''null''', '22023'),
	('NULL for activate', '''tap-x'', activate => NULL', '22023')) v(what, arguments, code);
SELECT is((SELECT count(*) FROM tenant.tenants WHERE tenant_id = 'tap-x'), 0::bigint, 'and registers nothing then');
SELECT is((SELECT status || name FROM tenant.tenants WHERE tenant_id = 'tap-full'), 'pendingFull & Co', 'nor changes what was registered');

-- Every step from every state. A tenant is deleted by hand here: the functions for it come later.
RESET SESSION AUTHORIZATION;
CREATE TEMP TABLE states (state text, id text) ON COMMIT DROP;
INSERT INTO states VALUES ('pending', 'tap-pending'), ('active', 'tap-active'), ('suspended', 'tap-suspended'), ('deleted', 'tap-deleted');
SELECT tenant.provision(id, activate => state <> 'pending') FROM states \g /dev/null
SELECT tenant.suspend('tap-suspended', 'first') \g /dev/null
UPDATE tenant.tenants SET status = 'deleted', deleted_at = now() WHERE tenant_id = 'tap-deleted';
GRANT SELECT ON states TO PUBLIC;
SET SESSION AUTHORIZATION tap_admin;
CREATE TEMP TABLE steps (step text, allowed text, result text);
INSERT INTO steps VALUES ('activate', 'pending', 'active'), ('suspend', 'active', 'suspended'), ('resume', 'suspended', 'active');
CREATE TEMP TABLE before AS SELECT * FROM tenant.tenants;
SELECT throws_ok(format('SELECT tenant.%I(%L)', step, id), 'TN010', NULL, format('%s of a tenant that is %s is TN010', step, state))
	FROM steps, states WHERE state <> allowed ORDER BY step, state;
SELECT throws_ok(format('SELECT tenant.%I(%L)', step, :nobody), 'TN002', NULL, format('%s of an unknown tenant is TN002', step)) FROM steps;
SELECT bag_eq('SELECT tenants::text FROM tenant.tenants', 'SELECT before::text FROM before', 'no refused step changed anything');
SELECT throws_ok($$SELECT tenant.suspend('tap-pending')$$, 'TN010', 'cannot suspend tenant "tap-pending", which is pending',
	'the message tells the state');
SELECT throws_ok($$UPDATE tenant.tenants SET status = 'gone'$$, '42501', NULL, 'tenant_admin has no way round the functions');

SELECT results_eq($$SELECT status, activated_at, updated_at FROM tenant.activate('tap-pending')$$, $$VALUES ('active', now(), now())$$, 'pending → active');
SELECT results_eq($$SELECT status, status_reason, suspended_at FROM tenant.suspend('tap-active', 'unpaid')$$, $$VALUES ('suspended', 'unpaid', now())$$,
	'active → suspended, with a reason');
SELECT results_eq($$SELECT status, status_reason, suspended_at FROM tenant.resume('tap-suspended')$$,
	$$VALUES ('active', NULL::text, NULL::timestamptz)$$, 'suspended → active, and the reason is gone');
SELECT results_eq($$SELECT status_reason FROM tenant.suspend('tap-suspended')$$, $$VALUES (NULL::text)$$, 'a suspension without a reason');
SELECT results_eq($$SELECT tenant_id COLLATE "default", status FROM tenant.tenants WHERE tenant_id LIKE 'tap-%ed' OR tenant_id IN ('tap-pending', 'tap-active') ORDER BY 1$$,
	$$VALUES ('tap-active', 'suspended'), ('tap-deleted', 'deleted'), ('tap-pending', 'active'), ('tap-suspended', 'suspended')$$, 'each changed one tenant');
RESET SESSION AUTHORIZATION;
SELECT throws_ok($$UPDATE tenant.tenants SET status = 'gone' WHERE tenant_id = 'tap-active'$$, '23514', NULL, 'the registry has no other states, for nobody');

-- A change holds from the next statement on.
CREATE FUNCTION pg_temp.rows_of_ann() RETURNS bigint LANGUAGE sql SET role = tap_app AS 'SELECT count(*) FROM shop.orders';
SELECT tenant.set(:ann) \g /dev/null
SELECT is(pg_temp.rows_of_ann(), 2::bigint, 'an active tenant is served');
SELECT tenant.suspend(:ann, 'test') \g /dev/null
SELECT throws_ok('SELECT pg_temp.rows_of_ann()', 'TN003', NULL, 'suspended: TN003 at the next statement');
SELECT throws_ok(format('SELECT tenant.set(%L)', :ann), 'TN003', NULL, 'and in set()');
SELECT is(tenant.current_id(), :ann, 'though it is still the session''s tenant');
SELECT tenant.resume(:ann) \g /dev/null
SELECT is(pg_temp.rows_of_ann(), 2::bigint, 'resumed: served again');
SAVEPOINT before_suspension;
SELECT tenant.suspend(:ann) \g /dev/null
ROLLBACK TO before_suspension;
SELECT is(pg_temp.rows_of_ann(), 2::bigint, 'a suspension that is rolled back was none');
SELECT tenant.clear() \g /dev/null
SET app.tenant_id = 'dddddddd-dddd-4ddd-8ddd-dddddddddddd';
SELECT throws_ok('SELECT pg_temp.rows_of_ann()', 'TN003', NULL, 'pending: TN003');
SELECT tenant.activate(:new) \g /dev/null
SELECT is(pg_temp.rows_of_ann(), 0::bigint, 'activated: served');
SET app.tenant_id = 'eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee';
SELECT throws_ok('SELECT pg_temp.rows_of_ann()', 'TN002', NULL, 'unknown: TN002');
SELECT tenant.provision(:nobody) \g /dev/null
SELECT is(pg_temp.rows_of_ann(), 0::bigint, 'registered: served');
SET pg_tenant.require_registered = off;
SET app.tenant_id = 'ffffffff-ffff-4fff-8fff-ffffffffffff';
SELECT is(pg_temp.rows_of_ann(), 0::bigint, 'require_registered = off: an unknown tenant is served');
SET app.tenant_id = 'cccccccc-cccc-4ccc-8ccc-cccccccccccc';
SELECT throws_ok('SELECT pg_temp.rows_of_ann()', 'TN003', NULL, 'but not one that is registered and suspended');

SELECT * FROM finish();
ROLLBACK;
