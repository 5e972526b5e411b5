-- Tables with policies of their own; unprotect() and share().
BEGIN;
SELECT plan(33);
\ir fixture/shop.sql
SET client_min_messages = warning;
SET ROLE tap_owner;
CREATE FUNCTION pg_temp.policies(tbl regclass) RETURNS text LANGUAGE sql AS
	'SELECT string_agg(polname, '' '' ORDER BY polname) FROM pg_policy WHERE polrelid = tbl';
CREATE FUNCTION pg_temp.security(tbl regclass) RETURNS text LANGUAGE sql AS
	'SELECT concat_ws('' '', relrowsecurity, relforcerowsecurity) FROM pg_class WHERE oid = tbl';

-- tenant_rows would be ORed with a permissive policy that is there, and so cancel it.
CREATE TABLE shop.owned (tenant_id uuid, id integer, owner name DEFAULT current_user);
INSERT INTO shop.owned VALUES (:ann, 1, 'tap_app'), (:ann, 2, 'somebody'), (:bob, 3, 'tap_app');
CREATE POLICY own_rows ON shop.owned USING (owner = current_user);
ALTER TABLE shop.owned ENABLE ROW LEVEL SECURITY;
SELECT tenant.protect('shop.owned') \g /dev/null
GRANT ALL ON shop.owned TO tap_app;
SELECT is(pg_temp.policies('shop.owned'), 'own_rows tenant_isolation', 'a permissive policy of its own: no tenant_rows');
SELECT is((SELECT open FROM tenant.protected_tables WHERE tbl = 'shop.owned'::regclass), false, 'and protected_tables says so');
SET ROLE tap_app;
SELECT results_eq(format('SELECT (tenant.query(%L, ''SELECT id FROM shop.owned'') ->> ''id'')::integer', :ann), ARRAY[1], 'both hold together');
SET ROLE tap_owner;
CREATE TABLE shop.restricted (tenant_id uuid, id integer);
CREATE POLICY low ON shop.restricted AS RESTRICTIVE USING (id < 3);
SELECT tenant.protect('shop.restricted') \g /dev/null
SELECT is(pg_temp.policies('shop.restricted'), 'low tenant_isolation tenant_rows', 'a restrictive policy of its own does not keep tenant_rows out');
CREATE TABLE shop.parted (tenant_id uuid, id integer) PARTITION BY LIST (id);
CREATE TABLE shop.parted_1 PARTITION OF shop.parted FOR VALUES IN (1);
CREATE POLICY own_rows ON shop.parted_1 USING (id = 1);
SELECT tenant.protect('shop.parted') \g /dev/null
SELECT is(pg_temp.policies('shop.parted') || ', ' || pg_temp.policies('shop.parted_1'), 'tenant_isolation, own_rows tenant_isolation',
	'one on a partition keeps it out of the whole');

-- open says it outright.
CREATE TABLE shop.closed (tenant_id uuid, id integer);
CREATE TABLE shop.opened (tenant_id uuid, id integer);
CREATE POLICY own_rows ON shop.opened USING (id = 1);
SELECT tenant.protect('shop.closed', open => false), tenant.protect('shop.opened', open => true) \g /dev/null
SELECT is(pg_temp.policies('shop.closed'), 'tenant_isolation', 'open => false: no tenant_rows');
SELECT is(tenant.execute(:ann, 'SELECT FROM shop.closed'), 0::bigint, 'which shows nothing by itself');
SELECT throws_ok(format('SELECT tenant.execute(%L, ''INSERT INTO shop.closed (id) VALUES (1)'')', :ann), '42501', NULL, 'and lets nothing be written');
SELECT is(pg_temp.policies('shop.opened'), 'own_rows tenant_isolation tenant_rows', 'open => true: with tenant_rows');
SELECT tenant.protect('shop.closed', open => true) \g /dev/null
SELECT is(pg_temp.policies('shop.closed'), 'tenant_isolation tenant_rows', 'and it can be added later');

-- Policies that come later can only take away.
CREATE POLICY everything ON shop.orders USING (true) WITH CHECK (true);
CREATE POLICY everything_2 ON shop.orders FOR SELECT TO tap_app USING (true);
SET ROLE tap_app;
SELECT is(tenant.execute(:ann, 'SELECT FROM shop.orders'), 2::bigint, 'a permissive policy shows no other tenant''s rows');
SELECT throws_ok(format('SELECT tenant.execute(%L, %L)', :ann, format('INSERT INTO shop.orders VALUES (%L, 9)', :bob)), '42501', NULL, 'nor lets them be written');
SET ROLE tap_owner;
DROP POLICY everything ON shop.orders;
DROP POLICY everything_2 ON shop.orders;

-- unprotect().
SELECT lives_ok($$SELECT tenant.unprotect('shop.orders')$$, 'unprotect()');
SELECT is(pg_temp.policies('shop.orders'), NULL, 'takes both policies away');
SELECT is(pg_temp.security('shop.orders'), 'f f', 'and row security');
SELECT is((SELECT count(*) FROM tenant.protected_tables WHERE tbl = 'shop.orders'::regclass), 0::bigint, 'and protected_tables forgets it');
SELECT is((SELECT count(*) FROM shop.orders), 5::bigint, 'its rows stay, for everybody');
SELECT col_not_null('shop', 'orders', 'tenant_id', 'and its column');
SELECT col_hasnt_default('shop', 'orders', 'tenant_id', 'without the default');
SELECT throws_ok($$SELECT tenant.unprotect('shop.orders')$$, '42704', NULL, 'but not twice');
SELECT lives_ok($$SELECT tenant.protect('shop.orders')$$, 'it can be protected again');
SELECT is(tenant.execute(:bob, 'SELECT FROM shop.orders'), 3::bigint, 'with all its rows');
SELECT throws_ok('TABLE shop.orders', 'TN001', NULL, 'and as strictly');
SELECT tenant.unprotect('shop.owned') \g /dev/null
SELECT is(pg_temp.policies('shop.owned'), 'own_rows', 'a policy of its own stays');
SELECT is(split_part(pg_temp.security('shop.owned'), ' ', 1), 't', 'and in force');

-- share().
CREATE TABLE shop.countries (code text);
CREATE TABLE shop.rates (day date) PARTITION BY RANGE (day);
CREATE MATERIALIZED VIEW shop.totals AS SELECT 1 AS n;
SELECT lives_ok(format('SELECT tenant.share(%L)', name), 'share() of ' || name) FROM unnest(ARRAY['shop.countries', 'shop.rates', 'shop.totals']) name;
SELECT lives_ok($$SELECT tenant.share('shop.countries')$$, 'share() may be called again');
SELECT bag_eq('SELECT relation::text FROM tenant.shared_tables', ARRAY['shop.countries', 'shop.rates', 'shop.totals'], 'shared_tables lists them, each once');
SELECT lives_ok('TABLE shop.countries', 'a shared table needs no tenant');
DROP TABLE shop.countries;
SELECT bag_eq('SELECT relation::text FROM tenant.shared_tables', ARRAY['shop.rates', 'shop.totals'], 'a table that is dropped is forgotten');
SAVEPOINT before_drop;
DROP TABLE shop.rates;
ROLLBACK TO before_drop;
SELECT bag_eq('SELECT relation::text FROM tenant.shared_tables', ARRAY['shop.rates', 'shop.totals'], 'unless the drop is rolled back');

SELECT * FROM finish();
ROLLBACK;
