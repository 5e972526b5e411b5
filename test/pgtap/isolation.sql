-- What a role without privileges of its own sees and writes: its tenant's rows, whatever the statement.
BEGIN;
SELECT plan(137);
\ir fixture/shop.sql
SET client_min_messages = warning;
SELECT tenant.provision(id) FROM unnest(ARRAY['7', '007', '+7', '-0', '3000000000', 'seven']) id \g /dev/null
SET ROLE tap_owner;
CREATE TABLE shop.numbers (id integer);
CREATE TABLE shop.small (id integer);
CREATE TABLE shop.texts (id integer);
SELECT tenant.protect('shop.numbers', column_type => 'bigint'), tenant.protect('shop.small', column_type => 'int'),
	tenant.protect('shop.texts', column_type => 'text') \g /dev/null
GRANT ALL ON shop.numbers, shop.small, shop.texts TO tap_app;
CREATE VIEW shop.item_view AS SELECT id, item FROM shop.orders;
CREATE FUNCTION shop.count_as_owner() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM shop.orders';
GRANT ALL ON shop.item_view TO tap_app;

-- None set: every kind of statement is TN001 and does nothing, for the owner too.
CREATE TEMP TABLE statements (statement text) ON COMMIT DROP;
INSERT INTO statements VALUES ('SELECT 1 FROM shop.orders'), ('SELECT count(*) FROM shop.orders'), ('SELECT FROM shop.orders WHERE false'),
	('INSERT INTO shop.orders (id) VALUES (9)'), ('INSERT INTO shop.orders (id, tenant_id) VALUES (9, ''aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'')'),
	('UPDATE shop.orders SET item = NULL'), ('DELETE FROM shop.orders'), ('TABLE shop.item_view'), ('SELECT shop.count_as_owner()'),
	('WITH gone AS (DELETE FROM shop.orders RETURNING 1) SELECT FROM gone'), ('SELECT EXISTS (SELECT FROM shop.orders)'),
	('MERGE INTO shop.orders o USING (SELECT 1 AS id) s ON o.id = s.id WHEN MATCHED THEN DELETE'),
	('EXPLAIN ANALYZE SELECT FROM shop.orders'), ('DECLARE c CURSOR FOR TABLE shop.orders'), ('CREATE TEMP TABLE copy AS TABLE shop.orders');
GRANT SELECT ON statements TO PUBLIC;
SET ROLE tap_app;
SELECT throws_ok(statement, 'TN001', NULL, 'no tenant: ' || statement) FROM statements;
SET ROLE tap_owner;
SELECT throws_ok(statement, 'TN001', NULL, 'no tenant, as the owner: ' || statement) FROM statements;
SET ROLE tap_app;
SET app.tenant_id = 'eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee';
SELECT throws_ok(statement, 'TN002', NULL, 'unknown tenant: ' || statement) FROM statements;
SET app.tenant_id = 'cccccccc-cccc-4ccc-8ccc-cccccccccccc';
SELECT throws_ok(statement, 'TN003', NULL, 'suspended tenant: ' || statement) FROM statements;
SELECT lives_ok('SELECT 1; CREATE TEMP TABLE unprotected ()', 'what touches no protected table is not concerned');
SET app.tenant_id = 'seven';
SELECT throws_ok(statement, '22023', NULL, 'a tenant that is no UUID: ' || statement) FROM statements;

-- One's own rows, and no others.
SET app.tenant_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
SELECT results_eq(statement, ARRAY[1, 2], 'Ann''s rows: ' || statement) FROM unnest(ARRAY['SELECT id FROM shop.orders ORDER BY id',
	'SELECT id FROM shop.orders WHERE id > 0 OR true ORDER BY id', 'SELECT id FROM shop.item_view ORDER BY id',
	'SELECT id FROM (SELECT id FROM shop.orders UNION ALL SELECT id FROM shop.orders WHERE id > 2) u ORDER BY id',
	'SELECT g FROM generate_series(1, 5) g WHERE EXISTS (SELECT FROM shop.orders WHERE id = g) ORDER BY g',
	'WITH o AS MATERIALIZED (TABLE shop.orders) SELECT id FROM o ORDER BY id']) statement;
SELECT is(shop.count_as_owner(), 2::bigint, 'a SECURITY DEFINER function of the owner');
SELECT is_empty($$SELECT FROM shop.orders WHERE tenant_id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'$$, 'naming another tenant finds nothing');
SELECT results_eq('INSERT INTO shop.orders (id) VALUES (10) RETURNING tenant_id', ARRAY[:ann::uuid], 'a new row is Ann''s');
SELECT results_eq('WITH u AS (UPDATE shop.orders SET item = ''x'' RETURNING id) SELECT id FROM u ORDER BY id', ARRAY[1, 2, 10], 'UPDATE changes Ann''s');
SELECT throws_ok(statement, '42501', NULL, 'for another tenant: ' || statement) FROM unnest(ARRAY[
	'INSERT INTO shop.orders (id, tenant_id) VALUES (11, ''bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'')',
	'UPDATE shop.orders SET tenant_id = ''bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'' WHERE id = 1',
	'INSERT INTO shop.orders (id, tenant_id) SELECT 11, t::uuid FROM unnest(ARRAY[''aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'', ''bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'']) t',
	'MERGE INTO shop.orders o USING (SELECT 1 AS id) s ON o.id = s.id WHEN MATCHED THEN UPDATE SET tenant_id = ''bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb''']) statement;
SELECT throws_ok('INSERT INTO shop.orders (id, tenant_id) VALUES (11, NULL)', '42501', NULL, 'a row without tenant');
SELECT is((SELECT count(*) FROM shop.orders WHERE id = 11), 0::bigint, 'none of these wrote anything');
SELECT results_eq('WITH d AS (DELETE FROM shop.orders RETURNING id) SELECT id FROM d ORDER BY id', ARRAY[1, 2, 10], 'DELETE without WHERE deletes Ann''s');
SELECT throws_ok('SET LOCAL row_security = off; SELECT FROM shop.orders', '42501', NULL, 'row_security = off is PostgreSQL''s own error');
SET ROLE tap_owner;
SELECT throws_ok('SET LOCAL row_security = off; SELECT FROM shop.orders', '42501', NULL, 'for the owner too');
SELECT is((SELECT count(*) FROM shop.orders), 0::bigint, 'and the owner sees Ann''s rows only');
SET app.tenant_id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb';
SELECT results_eq('SELECT id, item FROM shop.orders ORDER BY id', $$VALUES (3, 'ball'), (4, 'bell'), (5, 'boat')$$, 'Bob''s are as they were');
SET ROLE tap_app;

-- One tenant per statement: what set_config() does meanwhile is the next one's.
SELECT bag_eq($$WITH s AS MATERIALIZED (SELECT set_config('app.tenant_id', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', false))
	SELECT id FROM s, shop.orders$$, ARRAY[3, 4, 5], 'a tenant that is set within a statement does not concern it');
SELECT is_empty('TABLE shop.orders', 'but the next one');
SET app.tenant_id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb';
PREPARE ids AS SELECT id FROM shop.orders ORDER BY id;
SELECT results_eq('EXECUTE ids', ARRAY[3, 4, 5], 'a prepared statement');
SET plan_cache_mode = force_generic_plan;
SELECT results_eq('EXECUTE ids', ARRAY[3, 4, 5], 'with a plan for any tenant');
INSERT INTO shop.orders (id) VALUES (6);
SET app.tenant_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
INSERT INTO shop.orders (id) VALUES (20);
SELECT results_eq('EXECUTE ids', ARRAY[20], 'is each time the tenant''s of the time');
RESET app.tenant_id;
SELECT throws_ok('EXECUTE ids', 'TN001', NULL, 'and refused without one');
SET app.tenant_id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb';
DECLARE mine CURSOR FOR SELECT id FROM shop.orders ORDER BY id;
DECLARE kept CURSOR WITH HOLD FOR SELECT id FROM shop.orders ORDER BY id;
SELECT results_eq('FETCH 2 FROM mine', ARRAY[3, 4], 'a cursor');
SET app.tenant_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
SELECT throws_ok(statement, 'TN011', NULL, 'is not another tenant''s: ' || statement)
	FROM unnest(ARRAY['FETCH NEXT FROM mine', 'MOVE NEXT IN mine', 'FETCH ALL FROM kept', 'FETCH BACKWARD 1 FROM mine']) statement;
RESET app.tenant_id;
SELECT throws_ok('FETCH NEXT FROM mine', 'TN011', NULL, 'nor nobody''s');

-- on_missing_tenant = empty.
RESET ROLE;
SET pg_tenant.on_missing_tenant = empty;
SET ROLE tap_app;
SELECT is_empty('SELECT FROM shop.orders', 'on_missing_tenant = empty: no rows');
SELECT is((SELECT count(*) FROM shop.item_view), 0::bigint, 'nor through a view');
SELECT throws_ok(statement, 'TN001', NULL, 'writes still fail: ' || statement) FROM statements WHERE statement ~ '^(INSERT|UPDATE|DELETE|MERGE|WITH)';
SET app.tenant_id = 'eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee';
SELECT throws_ok('SELECT FROM shop.orders', 'TN002', NULL, 'an unknown tenant is not a missing one');
RESET ROLE;
RESET app.tenant_id;
SELECT is_empty('SELECT FROM shop.orders', 'a superuser sees nothing either');
RESET pg_tenant.on_missing_tenant;
SELECT throws_ok('SELECT FROM shop.orders', 'TN001', NULL, 'and with on_missing_tenant = error too');
SET row_security = off;
SELECT results_eq('SELECT count(*) FROM shop.orders', ARRAY[5::bigint], 'with row_security = off a superuser sees all tenants');
SET row_security = on;

-- Numbers: '7', '007' and '+7' would be three tenants with the same rows.
SET ROLE tap_app;
SET app.tenant_id = '7';
SELECT lives_ok(format('INSERT INTO %s VALUES (1)', name), 'tenant 7 in ' || name) FROM unnest(ARRAY['shop.numbers', 'shop.small', 'shop.texts']) name;
SELECT throws_ok(format('SELECT set_config(''app.tenant_id'', %L, true); TABLE %s', id, name), '22023', NULL, format('tenant %s in %s', id, name))
	FROM unnest(ARRAY['007', '+7', '-0', 'seven', :ann]) id, unnest(ARRAY['shop.numbers', 'shop.small']) name;
SELECT throws_ok('SELECT set_config(''app.tenant_id'', ''3000000000'', true); TABLE shop.small', '22023', NULL, 'a number that is too large for integer');
SET app.tenant_id = '3000000000';
SELECT is_empty('TABLE shop.numbers', 'but not for bigint');
SET app.tenant_id = '007';
SELECT is_empty('TABLE shop.texts', 'in a text column 007 is a tenant of its own');

SELECT * FROM finish();
ROLLBACK;
