-- provision(idempotency_key): the same call made again, and what is no such call. Two sessions: isolation/idempotency.
BEGIN;
SELECT plan(26);
\ir fixture/shop.sql
SET SESSION AUTHORIZATION tap_admin;

CREATE TEMP TABLE first AS SELECT * FROM tenant.provision(name => 'Ann & Co', idempotency_key => 'k-1');
SELECT is((tenant.provision(name => 'Ann & Co', idempotency_key => 'k-1')).tenant_id, (SELECT tenant_id FROM first), 'the same tenant, though each call makes an id');
SELECT is((tenant.provision(name => 'Ann & Co', idempotency_key => 'k-1'))::text, first::text, 'as it was') FROM first;
SELECT is((SELECT count(*) FROM tenant.tenants WHERE name = 'Ann & Co'), 1::bigint, 'registered once');
SELECT is((SELECT count(*) FROM tenant.audit_log a JOIN first USING (tenant_id)), 1::bigint, 'with one row in the trail');
SELECT isnt((tenant.provision(name => 'Ann & Co', idempotency_key => 'k-2')).tenant_id, (SELECT tenant_id FROM first), 'another key makes another one');
SELECT isnt((tenant.provision(name => 'Ann & Co')).tenant_id, (SELECT tenant_id FROM first), 'so does none');

SELECT lives_ok($$SELECT tenant.provision('tap-1', 'One', 'p', '{one.example}', '{"a": 1}', false, 'k-3')$$, 'a call with all arguments');
SELECT is((tenant.provision('tap-1', 'One', 'p', '{ONE.example.}', '{"a": 1.0}', false, 'k-3')).tenant_id, 'tap-1', 'again, in another spelling');
SELECT throws_ok(format('SELECT tenant.provision(%s)', arguments), '22023', 'the idempotency key was used with other arguments', what || ': refused') FROM (VALUES
	('another id', $$'tap-2', 'One', 'p', '{one.example}', '{"a": 1}', false, 'k-3'$$),
	('no id', $$name => 'One', platform_id => 'p', domains => '{one.example}', config => '{"a": 1}', activate => false, idempotency_key => 'k-3'$$),
	('another UUID', $$'aaaaaaaa-0000-4aaa-8aaa-aaaaaaaaaaaa', 'Ann & Co', idempotency_key => 'k-1'$$),
	('another name', $$'tap-1', 'Two', 'p', '{one.example}', '{"a": 1}', false, 'k-3'$$),
	('no name', $$'tap-1', NULL, 'p', '{one.example}', '{"a": 1}', false, 'k-3'$$),
	('another platform', $$'tap-1', 'One', 'q', '{one.example}', '{"a": 1}', false, 'k-3'$$),
	('other domains', $$'tap-1', 'One', 'p', '{two.example}', '{"a": 1}', false, 'k-3'$$),
	('another configuration', $$'tap-1', 'One', 'p', '{one.example}', '{"a": 2}', false, 'k-3'$$),
	('another state', $$'tap-1', 'One', 'p', '{one.example}', '{"a": 1}', true, 'k-3'$$),
	('a template', $$'tap-1', 'One', 'p', '{one.example}', '{"a": 1}', false, 'k-3', 'tap-1'$$)) v (what, arguments);

SELECT throws_ok($$SELECT tenant.provision('tap-1', idempotency_key => 'k-4')$$, '23505', NULL, 'a call that fails');
SELECT is((tenant.provision('tap-2', idempotency_key => 'k-4')).tenant_id, 'tap-2', 'leaves its key to others');
SELECT throws_ok(format('SELECT tenant.provision(''tap-3'', idempotency_key => %L)', key), '22023', 'invalid idempotency key', 'no key: ' || what)
	FROM (VALUES ('', 'empty'), (' k', 'a space'), (E'a\nb', 'a line feed'), (repeat('k', 257), '257 characters')) v (key, what);
SELECT tenant.suspend('tap-2') \g /dev/null
SELECT is((tenant.provision('tap-2', idempotency_key => 'k-4')).status, 'suspended', 'what it has become since is shown');
SELECT throws_ok('TABLE tenant.provision_keys', '42501', NULL, 'the keys are nobody''s to read');
SELECT * FROM finish();
ROLLBACK;
