-- protect() of tables with rows: rows without tenant, assign_to, register, and ids that cannot be.
BEGIN;
SELECT plan(55);
\ir fixture/shop.sql
SET client_min_messages = warning;
SELECT tenant.provision('7') \g /dev/null
SELECT tenant.provision('seven') \g /dev/null
SET ROLE tap_owner;

CREATE TABLE shop.plain (id integer);
INSERT INTO shop.plain SELECT generate_series(1, 3);
CREATE TABLE shop.partly (id integer, tenant_id uuid);
INSERT INTO shop.partly VALUES (1, :ann), (2, NULL), (3, NULL);
CREATE TABLE shop.texts (id integer, tenant_id text);
INSERT INTO shop.texts VALUES (1, NULL), (2, 'seven');
CREATE TABLE shop.numbers (id integer, tenant_id bigint);
INSERT INTO shop.numbers VALUES (1, NULL), (2, 7);
CREATE TABLE shop.small (id integer, tenant_id integer);
INSERT INTO shop.small VALUES (1, NULL);

-- Rows without tenant.
SELECT throws_ok($$SELECT tenant.protect('shop.plain')$$, '23502', NULL, 'a column to be added: every row is without tenant');
SELECT throws_like($$SELECT tenant.protect('shop.plain')$$, '%3 rows%', 'the message says how many');
SELECT throws_ok($$SELECT tenant.protect('shop.partly')$$, '23502', NULL, 'a column that is there: the rows with NULL');
SELECT throws_like($$SELECT tenant.protect('shop.partly')$$, '%2 rows%', 'the message says how many');
SELECT throws_ok($$SELECT tenant.protect('shop.numbers', register => true)$$, '23502', NULL, 'register does not help them');

-- assign_to: what is refused.
SELECT throws_ok(format('SELECT tenant.protect(%L, assign_to => %L)', tbl, id), code, NULL, format('assign_to <%s> for %s', what, tbl)) FROM (VALUES
	('shop.plain', '', 'empty', '22023'), ('shop.plain', repeat('é', 129), '129 characters', '22023'), ('shop.plain', E'a\nb', 'a line feed', '22023'),
	('shop.plain', ' 7', 'a leading space', '22023'), ('shop.plain', 'seven', 'no UUID', '22023'), ('shop.partly', 'seven', 'no UUID', '22023'),
	('shop.partly', :nobody, 'unknown', 'TN002'), ('shop.plain', :nobody, 'unknown', 'TN002'), ('shop.texts', 'nobody', 'unknown', 'TN002'),
	('shop.numbers', '007', '007', '22023'), ('shop.numbers', '+7', '+7', '22023'), ('shop.numbers', 'seven', 'no number', '22023'),
	('shop.numbers', '9223372036854775808', 'too large', '22023'), ('shop.small', '2147483648', 'too large', '22023'), ('shop.small', '07', '07', '22023'))
	v(tbl, id, what, code);
SELECT hasnt_column('shop', 'plain', 'tenant_id', 'a refusal adds no column');
SELECT is((SELECT count(*) FROM shop.partly WHERE tenant_id IS NULL), 2::bigint, 'gives no row away');
SELECT is((SELECT count(*) FROM tenant.protected_tables WHERE tbl::text LIKE 'shop.%'), 1::bigint, 'and protects nothing');
SELECT is((SELECT count(*) FROM pg_policy WHERE polrelid <> 'shop.orders'::regclass), 0::bigint, 'nor leaves a policy');
SELECT is(relrowsecurity OR relforcerowsecurity, false, 'nor row security') FROM pg_class WHERE oid = 'shop.partly'::regclass;

-- assign_to: what it does.
SELECT lives_ok(format('SELECT tenant.protect(''shop.plain'', assign_to => %L)', :ann), 'assign_to with a column to be added');
SELECT is(tenant.execute(:ann, 'SELECT FROM shop.plain'), 3::bigint, 'gives the tenant all rows');
SELECT is(tenant.execute(:bob, 'SELECT FROM shop.plain'), 0::bigint, 'and others none');
SELECT is(pg_get_expr(adbin, adrelid), 'tenant.current_uuid()', 'rows to come are the session''s tenant''s')
	FROM pg_attrdef WHERE adrelid = 'shop.plain'::regclass;
SELECT lives_ok($$SELECT tenant.protect('shop.partly', assign_to => '{BBBBBBBB-BBBB-4BBB-8BBB-BBBBBBBBBBBB}')$$, 'assign_to with a column that is there');
SELECT is(tenant.execute(:bob, 'SELECT FROM shop.partly'), 2::bigint, 'gives the tenant the rows without one');
SELECT is(tenant.execute(:ann, 'SELECT FROM shop.partly'), 1::bigint, 'and leaves the others');
SELECT lives_ok($$SELECT tenant.protect('shop.numbers', assign_to => '7')$$, 'assign_to for a bigint column');
SELECT is(tenant.execute('7', 'SELECT FROM shop.numbers'), 2::bigint, 'by its number');
SELECT lives_ok($$SELECT tenant.protect('shop.texts', assign_to => '{AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA}')$$, 'assign_to for a text column');
SELECT is(tenant.execute(:ann, 'SELECT FROM shop.texts'), 1::bigint, 'in canonical form');
SELECT lives_ok($$SELECT tenant.protect('shop.small', register => true, assign_to => '-40')$$, 'register with assign_to registers that tenant');
SELECT is((SELECT status FROM tenant.tenants WHERE tenant_id = '-40'), 'active', 'and it is active');
SELECT is(tenant.execute('-40', 'SELECT FROM shop.small'), 1::bigint, 'and has the row');

-- register.
CREATE TABLE shop.many (id integer, tenant_id integer);
INSERT INTO shop.many SELECT g, 100 + g % 3 FROM generate_series(1, 30) g;
CREATE TABLE shop.many_texts (id integer, tenant_id text);
INSERT INTO shop.many_texts VALUES (1, 'seven'), (2, 'eight'), (3, 'nine of ten');
SELECT lives_ok($$SELECT tenant.protect('shop.many', register => true)$$, 'register');
SELECT bag_eq($$SELECT tenant_id::integer, status FROM tenant.tenants WHERE tenant_id LIKE '10_'$$,
	$$VALUES (100, 'active'), (101, 'active'), (102, 'active')$$, 'provisions the tenants that the rows name');
SELECT is(tenant.execute('101', 'SELECT FROM shop.many'), 10::bigint, 'who have their rows');
SELECT lives_ok($$SELECT tenant.protect('shop.many_texts', register => true)$$, 'register where one is registered already');
SELECT is((SELECT count(*) FROM tenant.tenants WHERE tenant_id IN ('seven', 'eight', 'nine of ten')), 3::bigint, 'registers the others');
-- A tenant in another state keeps it.
CREATE TABLE shop.late (id integer, tenant_id uuid);
INSERT INTO shop.late VALUES (1, :off), (2, :new), (3, :nobody);
SELECT lives_ok($$SELECT tenant.protect('shop.late')$$, 'without register, unregistered tenants are no obstacle');
SELECT throws_ok(format('SELECT tenant.set(%L)', :nobody), 'TN002', NULL, 'but they are not served');
SELECT lives_ok($$SELECT tenant.protect('shop.late', register => true)$$, 'register on a table that is protected already');
SELECT is(tenant.execute(:nobody, 'SELECT FROM shop.late'), 1::bigint, 'registers them then');
SELECT results_eq(format('SELECT status FROM tenant.tenants WHERE tenant_id IN (%L, %L) ORDER BY 1', :off, :new), ARRAY['pending', 'suspended'],
	'and leaves the states of those that are registered');
SELECT is(relforcerowsecurity, true, 'and the policies are in force') FROM pg_class WHERE oid = 'shop.late'::regclass;

-- Values that are no tenant ids, or not in the spelling that is compared.
CREATE TABLE shop.malformed (tenant_id text);
INSERT INTO shop.malformed VALUES (''), (' a'), (repeat('é', 129)), (E'a\tb'), ('seven');
SELECT throws_ok($$SELECT tenant.protect('shop.malformed')$$, '22023', NULL, 'malformed ids');
SELECT throws_like($$SELECT tenant.protect('shop.malformed')$$, '%4%', 'the message says how many');
SELECT throws_ok($$SELECT tenant.protect('shop.malformed', register => true)$$, '22023', NULL, 'malformed ids, with register');
CREATE TABLE shop.spelled (tenant_id text);
INSERT INTO shop.spelled VALUES (upper(:ann)), ('{' || :bob || '}'), (:off);
SELECT throws_ok($$SELECT tenant.protect('shop.spelled', register => true)$$, '22023', NULL, 'UUIDs in another spelling');
UPDATE shop.spelled SET tenant_id = tenant.canonical_id(tenant_id);
SELECT lives_ok($$SELECT tenant.protect('shop.spelled')$$, 'which canonical_id() mends');

SELECT * FROM finish();
ROLLBACK;
