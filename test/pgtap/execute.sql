-- execute and query: as another tenant, with the caller's own privileges, and back again.
BEGIN;
SELECT plan(92);
\ir fixture/shop.sql
CREATE TABLE shop.secret (id integer);
SET ROLE tap_app;
SELECT tenant.set(:ann) \g /dev/null
CREATE FUNCTION pg_temp.as_bob(command text) RETURNS text LANGUAGE sql AS
	$$SELECT format('SELECT tenant.execute(%L, %L)', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', command)$$;
CREATE FUNCTION pg_temp.query_bob(query text) RETURNS text LANGUAGE sql AS
	$$SELECT format('SELECT tenant.query(%L, %L)', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', query)$$;

-- What they return, and that the tenant is the one before afterwards.
SELECT is(tenant.execute(:bob, 'UPDATE shop.orders SET item = upper(item)'), 3::bigint, 'execute() says how many rows it processed');
SELECT is(tenant.current_id(), :ann, 'and the tenant is the one before');
SELECT results_eq('SELECT item FROM shop.orders ORDER BY id', ARRAY['apple', 'axe'], 'whose rows are as they were');
SELECT is(tenant.execute(:bob, 'INSERT INTO shop.orders (id) VALUES (6), (7)'), 2::bigint, 'INSERT');
SELECT is(tenant.execute(:bob, 'DELETE FROM shop.orders WHERE id > 5'), 2::bigint, 'DELETE');
SELECT is(tenant.execute(:bob, 'SELECT FROM shop.orders'), 3::bigint, 'SELECT');
SELECT is(tenant.execute(:bob, 'SELECT 1; DELETE FROM shop.orders WHERE id = 5'), 1::bigint, 'of several commands, the last one counts');
SELECT is(tenant.execute(:bob, 'CREATE TEMP TABLE made (id integer)'), 0::bigint, 'a command that processes no rows: 0');
SELECT has_table('made');
SELECT is(tenant.execute(:bob, ''), 0::bigint, 'no command: 0');
SELECT bag_eq(format('SELECT tenant.query(%L, ''SELECT id, item FROM shop.orders'')', :bob),
	$$VALUES ('{"id": 3, "item": "BALL"}'::jsonb), ('{"id": 4, "item": "BELL"}')$$, 'query() gives the rows as jsonb');
SELECT is(tenant.current_id(), :ann, 'and the tenant is the one before');
SELECT is_empty(format('SELECT tenant.query(%L, ''SELECT 1 FROM shop.orders WHERE id < 3'')', :bob), 'a query without rows gives none');
SELECT results_eq(format('SELECT tenant.query(%L, ''INSERT INTO shop.orders (id) VALUES (8) RETURNING tenant_id'') ->> ''tenant_id''', :bob),
	ARRAY[:bob], 'query() takes any statement that returns rows');
SELECT results_eq(format('SELECT tenant.query(%L, ''SELECT NULL AS a, ARRAY[1, 2] AS b, ''''x"y''''::text AS c'')', :bob),
	$$VALUES ('{"a": null, "b": [1, 2], "c": "x\"y"}'::jsonb)$$, 'values keep their JSON form');
SELECT is(count(*), 2500::bigint, 'a result of several batches is whole')
	FROM tenant.query(:bob, 'SELECT g FROM generate_series(1, 2500) g');
SELECT is(count(*), 1::bigint, 'query() in FROM with LIMIT') FROM (SELECT FROM tenant.query(:bob, 'TABLE shop.orders') LIMIT 1) one;
SELECT is(tenant.current_id(), :ann, 'and the tenant is the one before');
SELECT is(tenant.execute(:bob, format('SELECT tenant.execute(%L, ''DELETE FROM shop.orders WHERE id = 2'')', :ann)), 1::bigint, 'one within another');
SELECT results_eq('SELECT id FROM shop.orders', ARRAY[1], 'each as its own tenant');

-- Beside a protected statement of the first tenant, every command is the second's.
SELECT results_eq(format('SELECT tenant.query(%L, ''SELECT tenant.current_id() AS id'') ->> ''id'' FROM shop.orders', :bob), ARRAY[:bob],
	'a query started in the middle of a statement is the other tenant''s');
SELECT lives_ok(format('SELECT tenant.execute(%L, %L) FROM shop.orders', :bob, $do$DO $x$
	DECLARE id text := tenant.current_id(); BEGIN
		IF id IS DISTINCT FROM current_setting('app.tenant_id') THEN RAISE 'DO runs as %', id; END IF; END $x$ $do$),
	'and so is a DO block');
SELECT is(tenant.current_id(), :ann, 'and the tenant is the one before');

-- The caller's privileges.
SELECT throws_ok(pg_temp.as_bob('TABLE shop.secret'), '42501', NULL, 'execute() lends no privilege');
SELECT throws_ok(pg_temp.query_bob('TABLE shop.secret'), '42501', NULL, 'nor query()');
SELECT throws_ok(pg_temp.as_bob(format('INSERT INTO shop.orders VALUES (%L, 9)', :ann)), '42501', NULL, 'a row for another tenant is refused');
SELECT results_eq(format('SELECT tenant.query(%L, ''SELECT current_user AS u'') ->> ''u''', :bob), ARRAY['tap_app'], 'the role is the caller''s');

-- Errors, and that the tenant is the one before afterwards.
SELECT throws_ok(format('SELECT tenant.execute(%L, ''DELETE FROM shop.orders'')', id), code, NULL, format('execute() as %s tenant', what))
	FROM (VALUES ('an unknown', :nobody, 'TN002'), ('a suspended', :off, 'TN003'), ('a pending', :new, 'TN003')) v(what, id, code);
SELECT throws_ok(format('SELECT tenant.query(%L, ''TABLE shop.orders'')', id), code, NULL, format('query() as %s tenant', what))
	FROM (VALUES ('an unknown', :nobody, 'TN002'), ('a suspended', :off, 'TN003'), ('a pending', :new, 'TN003')) v(what, id, code);
SELECT throws_ok(format('SELECT tenant.execute(%L, NULL)', :bob), '22023', NULL, 'execute() needs a command');
SELECT throws_ok(format('SELECT tenant.query(%L, NULL)', :bob), '22023', NULL, 'query() needs a query');
SELECT throws_ok(pg_temp.as_bob('SELECT 1/0'), '22012', NULL, 'the command''s own error');
SELECT is(tenant.current_id(), :ann, 'and the tenant is the one before');
SELECT throws_ok(pg_temp.query_bob('SELECT 1/(3 - id) FROM shop.orders'), '22012', NULL, 'the query''s own error');
SELECT is(tenant.current_id(), :ann, 'and the tenant is the one before');
SELECT throws_ok(pg_temp.as_bob('SELEC 1'), '42601', NULL, 'a syntax error');
SELECT throws_ok(pg_temp.as_bob(command), '0A000', NULL, format('execute() refuses %s', command))
	FROM unnest(ARRAY['COMMIT', 'ROLLBACK', 'SAVEPOINT s', 'COPY shop.orders TO STDOUT', 'SELECT 1; COMMIT']) command;
SELECT throws_ok(pg_temp.query_bob(query), '22023', NULL, format('query() refuses <%s>', query))
	FROM unnest(ARRAY['', 'SELECT 1; SELECT 2', 'DELETE FROM shop.orders', 'SET work_mem = 64', 'COMMIT']) query;
SELECT results_eq(format('SELECT tenant.query(%L, ''SELECT id FROM shop.orders ORDER BY id'') ->> ''id''', :bob), ARRAY['3', '4', '8'],
	'none of that changed a row');
CREATE FUNCTION pg_temp.caught(command text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	BEGIN
		PERFORM tenant.execute('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', command);
	EXCEPTION WHEN OTHERS THEN
		RETURN format('%s as %s', SQLSTATE, tenant.current_id());
	END;
	RETURN 'no error';
END $$;
SELECT is(pg_temp.caught('SELECT 1/0'), '22012 as ' || :ann, 'in the handler of an error the tenant is the one before');
SELECT is(tenant.current_id(), :ann, 'and after it');
SELECT results_eq('SELECT id FROM shop.orders', ARRAY[1], 'and its rows are seen');
SELECT is(tenant.execute(:bob, $do$DO $x$ BEGIN PERFORM 1/0; EXCEPTION WHEN OTHERS THEN
	INSERT INTO shop.orders (id) SELECT 9 WHERE tenant.current_id() = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'; END $x$ $do$), 0::bigint,
	'an error that the command catches itself');
SELECT is(tenant.execute(:bob, 'DELETE FROM shop.orders WHERE id = 9'), 1::bigint, 'leaves it the tenant it runs as');

-- What the command sets does not outlive it.
SELECT is(tenant.execute(:bob, format('SET app.tenant_id = %L; SELECT 1', :nobody)), 1::bigint, 'a plain SET of the tenant inside the command');
SELECT is(tenant.current_id(), :ann, 'does not outlive it');
SELECT is(tenant.execute(:bob, format('SELECT tenant.set(%L, false)', :ann)), 1::bigint, 'nor set() for the session');
SELECT is(tenant.current_id(), :ann, 'and the tenant is the one before');
SELECT is(tenant.execute(:bob, 'RESET app.tenant_id; SELECT 1'), 1::bigint, 'RESET inside the command');
SELECT is(tenant.current_id(), :ann, 'does not outlive it either');
SELECT is(tenant.execute(:bob, 'SELECT tenant.clear()'), 1::bigint, 'nor clear()');
SELECT is(tenant.current_id(), :ann, 'and the tenant is the one before');
SET app.request_id = 'r1';
SELECT lives_ok(format('SELECT tenant.query(%L, ''SELECT set_config(''''app.request_id'''', ''''r2'''', false)'')', :bob), 'nor the rest of the identity');
SELECT is(current_setting('app.request_id'), 'r1', 'which is the one before');

-- A name that is bound to the caller's tenant says nothing about another one.
SET app.tenant_name = 'Ann';
SELECT results_eq(format('SELECT tenant.query(%L, ''SELECT (tenant.identity()).tenant_name AS n'')', :bob), $$VALUES ('{"n": null}'::jsonb)$$,
	'the caller''s name is not the other tenant''s');
SELECT is((tenant.identity()).tenant_name, 'Ann', 'and is the caller''s again');

-- Without a tenant before.
SELECT tenant.clear() \g /dev/null
SELECT is(tenant.execute(:ann, 'SELECT FROM shop.orders'), 1::bigint, 'execute() needs no tenant before');
SELECT is(tenant.current_id(), NULL, 'and leaves none');
SELECT throws_ok('TABLE shop.orders', 'TN001', NULL, 'so that no rows are seen');

-- execute_all(): for roles that may see all tenants, and never without a trace.
CREATE FUNCTION pg_temp.all(command text, reason text DEFAULT 'a test') RETURNS text LANGUAGE sql AS $$SELECT format('SELECT tenant.execute_all(%L, %L)', command, reason)$$;
SELECT throws_ok(pg_temp.all('TABLE shop.orders'), '42501', NULL, 'an ordinary role may not run a command for all tenants');
RESET ROLE;
CREATE ROLE tap_bypass BYPASSRLS;
GRANT SELECT, UPDATE, DELETE ON shop.orders TO tap_bypass;
CREATE FUNCTION shop.lend(command text) RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$SELECT tenant.execute_all(command, 'lent')$$;
CREATE VIEW shop.trail AS SELECT acting_role, reason, detail ->> 'command' AS command, request_id, tenant_id FROM tenant.audit_log
	WHERE action = 'all_tenants_executed' AND changed_at > now();
SET ROLE tap_app;
SELECT throws_ok($$SELECT shop.lend('TABLE shop.orders')$$, '42501', NULL, 'nor through a superuser''s function');
SELECT is_empty('TABLE shop.trail', 'and nothing is in the trail') FROM (SELECT set_config('role', 'none', true)) r;
RESET ROLE;
SET ROLE tap_bypass;
SET app.request_id = 'r1';
SET app.tenant_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
SELECT is(tenant.execute_all('SELECT FROM shop.orders', 'to count'), 4::bigint, 'whoever bypasses policies sees all tenants');
SELECT is(count(*), 1::bigint, 'and one tenant outside of it') FROM shop.orders;
SELECT is(current_setting('row_security'), 'on', 'since the setting is the one before');
SELECT is(tenant.current_id(), :ann, 'as the tenant is');
SELECT is(tenant.execute_all('UPDATE shop.orders SET item = item; SET row_security = off', 'to touch'), 0::bigint, 'what it sets');
SELECT is(current_setting('row_security'), 'on', 'does not outlive it');
SELECT throws_ok(pg_temp.all('SELECT 1 / 0'), '22012', NULL, 'an error');
SELECT is(current_setting('row_security'), 'on', 'leaves the setting as it was');
SELECT throws_ok(pg_temp.all('CREATE TABLE shop.made (a int)'), '42501', NULL, 'it lends no privilege');
SELECT throws_ok(pg_temp.all('COMMIT'), '0A000', NULL, 'nor does it end the transaction');
SELECT throws_ok(pg_temp.all('SELECT 1', reason), '22023', NULL, format('a reason of %L', reason)) FROM unnest(ARRAY['', E' \t\n', NULL]) reason;
SELECT throws_ok(pg_temp.all(NULL), '22023', NULL, 'no command');
SELECT throws_ok('TABLE shop.trail', '42501', NULL, 'the trail is not for everybody');
RESET ROLE;
SELECT results_eq('TABLE shop.trail', $$VALUES ('tap_bypass', 'to count', 'SELECT FROM shop.orders', 'r1', NULL::text),
	('tap_bypass', 'to touch', 'UPDATE shop.orders SET item = item; SET row_security = off', 'r1', NULL)$$, 'who ran what, and why; not what failed');
SELECT is(tenant.execute(:ann, 'SELECT tenant.execute_all($$TABLE shop.orders$$, $$inside$$)'), 1::bigint, 'inside of execute()');
SELECT tenant.seal() \g /dev/null
SELECT throws_ok(pg_temp.all('TABLE shop.orders'), 'TN005', NULL, 'not in a sealed context');

SELECT * FROM finish();
ROLLBACK;
