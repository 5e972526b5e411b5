-- set, clear, current_*, require_id, identity, and the binding of name and platform to the tenant.
BEGIN;
SELECT plan(101);
\ir fixture/shop.sql
SET ROLE tap_app;

-- None set.
SELECT is(tenant.current_id(), NULL, 'current_id() is NULL when none is set');
SELECT is(tenant.current_text(), NULL, 'current_text() too');
SELECT is(tenant.current_uuid(), NULL, 'current_uuid() too');
SELECT is(tenant.current_bigint(), NULL, 'current_bigint() too');
SELECT is(tenant.current_int(), NULL, 'current_int() too');
SELECT throws_ok('SELECT tenant.require_id()', 'TN001', NULL, 'require_id() is TN001 when none is set');
SELECT results_eq('SELECT i::text FROM tenant.identity() i', ARRAY['(,,,,,)'], 'identity() is all NULL');
SELECT is(tenant.context_headers(), '{}'::jsonb, 'context_headers() is empty');

-- set() checks at once, and a refused tenant leaves the former one.
SELECT is(tenant.set(:ann), :ann, 'set() returns the tenant');
SELECT is(tenant.current_id(), :ann, 'current_id() is the tenant');
SELECT is(tenant.require_id(), :ann, 'require_id() too');
SELECT is(tenant.current_text(), :ann, 'current_text() too');
SELECT is(tenant.current_uuid(), :ann::uuid, 'current_uuid() as uuid');
SELECT is(tenant.current_bigint(), NULL, 'current_bigint() is NULL: a UUID is no number');
SELECT is(current_setting('app.tenant_id'), :ann, 'app.tenant_id is the same thing');
SELECT throws_ok(format('SELECT tenant.set(%L)', :nobody), 'TN002', NULL, 'set() refuses an unknown tenant');
SELECT throws_ok(format('SELECT tenant.set(%L)', :off), 'TN003', NULL, 'a suspended one');
SELECT throws_ok(format('SELECT tenant.set(%L)', :new), 'TN003', NULL, 'a pending one');
SELECT is(tenant.current_id(), :ann, 'and the tenant is the one before');
SELECT throws_ok(format('SELECT tenant.set(%L, false)', :nobody), 'TN002', NULL, 'also for the session');
SELECT is(tenant.current_id(), :ann, 'and the tenant is the one before');
SELECT is(tenant.set(:bob, NULL), :bob, 'NULL for is_local is the default');

-- How long it holds.
SAVEPOINT before;
SELECT is(tenant.set(:ann), :ann, 'set() inside a subtransaction');
ROLLBACK TO before;
SELECT is(tenant.current_id(), :bob, 'is undone with it');
SELECT is(tenant.set(:ann, false), :ann, 'set(…, false) inside a subtransaction');
RELEASE before;
SELECT is(tenant.current_id(), :ann, 'stays after it');
CREATE FUNCTION pg_temp.set_within(id text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN PERFORM tenant.set(id); RETURN tenant.current_id(); END $$;
SELECT is(pg_temp.set_within(:bob), :bob, 'set() in a function holds in it');
SELECT is(tenant.current_id(), :bob, 'and after it, for the transaction');
CREATE FUNCTION pg_temp.clause() RETURNS text LANGUAGE plpgsql SET app.tenant_id = 'aaaaaaaaaaaa4aaa8aaaaaaaaaaaaaaa' AS $$
BEGIN RETURN tenant.current_id(); END $$;
SELECT is(pg_temp.clause(), :ann, 'a function''s SET clause names the tenant within it');
SELECT is(tenant.current_id(), :bob, 'and not after it');

-- clear().
SET app.request_id = 'r1';
SET app.trace_id = 't1';
SET app.span_id = 's1';
SET app.platform_id = 'east';
SET app.tenant_name = 'Bob';
SELECT results_eq('SELECT i::text FROM tenant.identity() i', ARRAY[format('(east,%s,Bob,r1,t1,s1)', :bob)],
	'identity() is what was set');
SELECT lives_ok('SELECT tenant.clear()', 'clear()');
SELECT results_eq('SELECT i::text FROM tenant.identity() i', ARRAY['(,,,,,)'], 'empties all of it');
SELECT is(current_setting(name), '', format('%s is empty', name)) FROM unnest(ARRAY['app.platform_id', 'app.tenant_id',
	'app.tenant_name', 'app.request_id', 'app.trace_id', 'app.span_id']) name;
SELECT lives_ok('SELECT tenant.clear()', 'clear() may be called again');

-- Numbers.
RESET ROLE;
SELECT tenant.provision(id) FROM unnest(ARRAY['7', '-7', '0', '2147483647', '2147483648', '-2147483648',
	'9223372036854775807', '9223372036854775808', '007', '+7', '-0', '7.0', 'seven']) id \g /dev/null
SET ROLE tap_app;
CREATE FUNCTION pg_temp.numbers(id text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM tenant.set(id);
	RETURN format('%s %s %s', coalesce(tenant.current_bigint()::text, '-'), coalesce(tenant.current_int()::text, '-'),
		coalesce(tenant.current_uuid()::text, '-'));
END $$;
SELECT is(pg_temp.numbers(id), want, format('tenant %s as bigint, int and uuid', id)) FROM (VALUES
	('7', '7 7 -'), ('-7', '-7 -7 -'), ('0', '0 0 -'), ('2147483647', '2147483647 2147483647 -'),
	('2147483648', '2147483648 - -'), ('-2147483648', '-2147483648 -2147483648 -'),
	('9223372036854775807', '9223372036854775807 - -'), ('9223372036854775808', '- - -'), ('007', '- - -'),
	('+7', '- - -'), ('-0', '- - -'), ('7.0', '- - -'), ('seven', '- - -')) v(id, want);

-- Name and platform must agree with the registry for the tenant that they were set with.
SELECT tenant.clear() \g /dev/null
SELECT tenant.set(:ann) \g /dev/null
SET app.tenant_name = 'Ann';
SET app.platform_id = 'east';
SELECT results_eq('SELECT id FROM shop.orders ORDER BY id', ARRAY[1, 2], 'a name and a platform that agree change nothing');
SET app.tenant_name = 'Bob';
SELECT throws_ok('SELECT id FROM shop.orders', 'TN004', NULL, 'a name that disagrees is TN004 at the next statement');
SELECT throws_ok(format('SELECT tenant.set(%L)', :ann), 'TN004', NULL, 'and in set()');
SELECT throws_ok(format('SELECT tenant.execute(%L, ''SELECT 1'')', :ann), 'TN004', NULL, 'and in execute() as the same tenant');
SELECT throws_ok('INSERT INTO shop.orders (id) VALUES (9)', 'TN004', NULL, 'and for a write');
SELECT is(tenant.current_id(), :ann, 'current_id() still says what was asked for');
SELECT is((tenant.identity()).tenant_name, 'Bob', 'and so does identity()');
SELECT is(tenant.set(:bob), :bob, 'the name does not bind another tenant');
SELECT is((tenant.identity()).tenant_name, NULL, 'which has no name here');
SELECT results_eq('SELECT id FROM shop.orders ORDER BY id', ARRAY[3, 4, 5], 'and sees its rows');
SET app.tenant_name = 'ann';
SELECT throws_ok('SELECT id FROM shop.orders', 'TN004', NULL, 'a name is compared as it is');
SET app.tenant_name = '';
SELECT lives_ok('SELECT id FROM shop.orders', 'an empty one claims nothing');
SET app.platform_id = 'east';
SELECT throws_ok('SELECT id FROM shop.orders', 'TN004', NULL, 'a platform is TN004 where the registry has none');
RESET app.platform_id;
SELECT lives_ok('SELECT id FROM shop.orders', 'RESET takes the claim back');
SELECT tenant.clear() \g /dev/null
SET app.tenant_name = 'Bob';
SELECT is((tenant.identity()).tenant_name, NULL, 'a name without a tenant is nobody''s yet');
SELECT throws_ok(format('SELECT tenant.set(%L)', :ann), 'TN004', NULL, 'it binds to the tenant that is set next');
SELECT is(tenant.set(:bob), :bob, 'which a refused one is not');
SELECT is((tenant.identity()).tenant_name, 'Bob', 'so that it is still there for the right one');
SELECT tenant.clear() \g /dev/null
SET app.tenant_name = 'Bob';
SAVEPOINT bound;
SELECT tenant.set(:bob) \g /dev/null
ROLLBACK TO bound;
SELECT throws_ok(format('SELECT tenant.set(%L)', :ann), 'TN004', NULL, 'nor is one whose transaction was rolled back');
SELECT tenant.clear() \g /dev/null
SET app.tenant_name = 'Bob';
-- The registered value is shown to nobody: it may be another tenant's.
SELECT throws_ok(format('SELECT tenant.set(%L)', :ann), 'TN004', '"app.tenant_name" does not agree with the registry',
	'the message does not tell the registered name');

-- The rest of the identity is checked as text.
SELECT throws_ok(format('SET app.%s = %L', name, value), '22023', NULL, format('app.%s refuses %s', name, what))
	FROM unnest(ARRAY['request_id', 'trace_id', 'span_id', 'platform_id', 'tenant_name']) name,
	(VALUES ('a line feed', E'a\nb'), ('a control character of two bytes', E'a\u0085'), ('257 characters', repeat('é', 257))) v(what, value)
	ORDER BY name, what;
SELECT throws_ok(format('SET app.%s = %L', name, repeat('é', 129)), '22023', NULL, format('app.%s refuses 129 characters', name))
	FROM unnest(ARRAY['request_id', 'trace_id', 'span_id', 'platform_id']) name;
SELECT lives_ok(format('SET app.%s = %L', name, repeat('é', 128)), format('app.%s takes 128 characters', name))
	FROM unnest(ARRAY['request_id', 'trace_id', 'span_id', 'platform_id']) name;
SELECT lives_ok(format('SET app.tenant_name = %L', repeat('é', 256)), 'app.tenant_name takes 256 characters');
SELECT throws_ok('SET app.include_deleted = maybe', '22023', NULL, 'app.include_deleted refuses what it does not know');
SELECT lives_ok('SET app.include_deleted = ' || value, 'app.include_deleted takes ' || value) FROM unnest(ARRAY['on', 'alone', 'off']) value;

SELECT * FROM finish();
ROLLBACK;
