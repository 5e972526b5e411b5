-- protect(): what it makes of a table, for each column type, and that it may be called again.
BEGIN;
SELECT plan(56);
\ir fixture/shop.sql
SET client_min_messages = warning;
SELECT tenant.provision('7') \g /dev/null
SELECT tenant.provision('8') \g /dev/null
SET ROLE tap_owner;

-- How a table stands: forced row security, tenant column with its default, policies.
CREATE FUNCTION pg_temp.state_of(tbl regclass) RETURNS TABLE (line text) LANGUAGE sql AS $$
	SELECT format('security %s forced %s', relrowsecurity, relforcerowsecurity) FROM pg_class WHERE oid = tbl
	UNION ALL SELECT format('column %I %s%s default %s', attname, format_type(atttypid, atttypmod),
			CASE WHEN attnotnull THEN ' not null' ELSE '' END, coalesce(pg_get_expr(adbin, adrelid), 'none'))
		FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
		WHERE attrelid = tbl AND attname ~ 'tenant' AND NOT attisdropped
	UNION ALL SELECT format('policy %I %s %s using %s check %s', polname, CASE WHEN polpermissive THEN 'permissive' ELSE 'restrictive' END,
			polcmd, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) FROM pg_policy WHERE polrelid = tbl
	UNION ALL SELECT format('index on %s', attname) FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
		WHERE indrelid = tbl
$$;

-- The column is added.
CREATE TABLE shop.added_uuid (id integer);
CREATE TABLE shop.added_text (id integer);
CREATE TABLE shop.added_varchar (id integer);
CREATE TABLE shop.added_bigint (id integer);
CREATE TABLE shop.added_int (id integer);
CREATE TEMP TABLE kinds (name text, type text, shown text, filter text, function text);
INSERT INTO kinds VALUES ('added_uuid', 'uuid', 'uuid', 'tenant_id', 'current_uuid'), ('added_text', 'text', 'text', 'tenant_id', 'current_text'),
	('added_varchar', 'varchar', 'character varying', '(tenant_id)::text', 'current_text'),
	('added_bigint', 'bigint', 'bigint', 'tenant_id', 'current_bigint'), ('added_int', 'int', 'integer', 'tenant_id', 'current_int');
SELECT lives_ok(format('SELECT tenant.protect(%L, column_type => %L)', 'shop.' || name, type), 'protect() adds a column of type ' || type) FROM kinds;
SELECT bag_eq(format('SELECT pg_temp.state_of(%L)', 'shop.' || name), format('SELECT format(line, %L, %L, %L) FROM (VALUES
		(''security t forced t''), (''column tenant_id %%1$s not null default tenant.%%3$s()''),
		(''policy tenant_isolation restrictive * using (%%2$s = tenant.%%3$s()) check (%%2$s = tenant.%%3$s())''),
		(''policy tenant_rows permissive * using true check true''), (''index on tenant_id'')) v(line)', shown, filter, function),
	'and makes it the tenant column') FROM kinds;
SELECT bag_eq(format('SELECT tbl::text, tenant_column::text COLLATE "default", column_type::text, open, part_of::text FROM tenant.protected_tables WHERE tbl = %L::regclass',
	'shop.' || name), format('VALUES (%L, ''tenant_id'', %L, true, NULL::text)', 'shop.' || name, shown), 'protected_tables shows it') FROM kinds;
SELECT is((tenant.protection_of('shop.added_bigint'::regclass))::text, '(tenant_id,bigint)', 'protection_of() tells it');
SELECT is((tenant.protection_of('pg_class'::regclass)).tenant_column, NULL, 'and is NULL for other tables');
SELECT is((tenant.protection_of(0)).tenant_column, NULL, 'and for what does not exist');
SELECT is((tenant.protection_of(NULL)).tenant_column, NULL, 'and for NULL');
GRANT ALL ON shop.added_text, shop.added_varchar, shop.added_bigint, shop.added_int TO tap_app;

-- Numbers and texts are separated as UUIDs are.
SET ROLE tap_app;
SET app.tenant_id = '7';
SELECT lives_ok(format('INSERT INTO %s (id) VALUES (70)', name), 'tenant 7 writes to ' || name)
	FROM unnest(ARRAY['shop.added_text', 'shop.added_varchar', 'shop.added_bigint', 'shop.added_int']) name;
SET app.tenant_id = '8';
SELECT is_empty('TABLE ' || name, 'tenant 8 sees nothing of it in ' || name)
	FROM unnest(ARRAY['shop.added_text', 'shop.added_varchar', 'shop.added_bigint', 'shop.added_int']) name;
SELECT throws_ok(format('INSERT INTO %s (id, tenant_id) VALUES (71, ''7'')', name), '42501', NULL, 'nor writes for 7 to ' || name)
	FROM unnest(ARRAY['shop.added_text', 'shop.added_varchar', 'shop.added_bigint', 'shop.added_int']) name;
SET app.tenant_id = '7';
SELECT results_eq('SELECT id FROM ' || name, ARRAY[70], 'tenant 7 sees it in ' || name)
	FROM unnest(ARRAY['shop.added_text', 'shop.added_varchar', 'shop.added_bigint', 'shop.added_int']) name;
RESET app.tenant_id;
SET ROLE tap_owner;

-- A column that is there: its type counts, its rows stay, its default gives way.
CREATE TABLE shop."Odd ""Name""" ("Tenant %s" varchar(40) DEFAULT 'nobody', id integer PRIMARY KEY);
INSERT INTO shop."Odd ""Name""" VALUES ('7', 1), ('8', 2);
SELECT lives_ok($$SELECT tenant.protect('shop."Odd ""Name"""', 'Tenant %s')$$, 'protect() of a column that is there, with names that need quotes');
SELECT bag_eq($$SELECT line FROM pg_temp.state_of('shop."Odd ""Name"""') WHERE line NOT LIKE 'column%'$$, $$VALUES ('security t forced t'),
	('policy tenant_isolation restrictive * using (("Tenant %s")::text = tenant.current_text()) check (("Tenant %s")::text = tenant.current_text())'),
	('policy tenant_rows permissive * using true check true'), ('index on Tenant %s'), ('index on id')$$, 'its policies use that column');
SELECT bag_eq($$SELECT tenant_column::text COLLATE "default", column_type::text FROM tenant.protected_tables WHERE tbl = 'shop."Odd ""Name"""'::regclass$$,
	$$VALUES ('Tenant %s', 'character varying')$$, 'and so does protected_tables');
SELECT results_eq($$SELECT tenant.query('8', 'SELECT id FROM shop."Odd ""Name"""') ->> 'id'$$, ARRAY['2'], 'the rows are those of their tenants');
SELECT results_eq($$SELECT tenant.query('8', 'INSERT INTO shop."Odd ""Name""" (id) VALUES (3) RETURNING "Tenant %s" AS t') ->> 't'$$, ARRAY['8'],
	'the default is the session''s tenant');

-- An index that leads with the column is enough.
CREATE TABLE shop.led (tenant_id uuid, id integer, PRIMARY KEY (tenant_id, id));
CREATE TABLE shop.partial (tenant_id uuid, id integer);
CREATE INDEX ON shop.partial (tenant_id) WHERE id > 0;
CREATE TABLE shop.second (tenant_id uuid, id integer, PRIMARY KEY (id, tenant_id));
SELECT tenant.protect('shop.' || name) FROM unnest(ARRAY['led', 'partial', 'second']) name \g /dev/null
SELECT is((SELECT count(*) FROM pg_index WHERE indrelid = ('shop.' || name)::regclass), indexes, why) FROM (VALUES ('led', 1::bigint, 'a primary key that leads with it'),
	('partial', 2, 'a partial one is not enough'), ('second', 2, 'nor one where it comes second')) v(name, indexes, why);

-- Idempotent.
CREATE TEMP TABLE before AS SELECT pg_temp.state_of('shop.orders') AS line;
SELECT lives_ok($$SELECT tenant.protect('shop.orders')$$, 'protect() may be called again');
SELECT lives_ok($$SELECT tenant.protect('shop.orders', 'tenant_id', 'text')$$, 'the type of a column that is there counts');
SELECT bag_eq($$SELECT pg_temp.state_of('shop.orders')$$, 'TABLE before', 'and nothing changes');
SELECT is(tenant.execute(:bob, 'SELECT FROM shop.orders'), 3::bigint, 'and every row is there');
SELECT throws_ok($$SELECT tenant.protect('shop.added_bigint', 'id')$$, '55000', NULL, 'another tenant column needs unprotect() first');
SELECT throws_ok('ALTER TABLE shop.orders NO FORCE ROW LEVEL SECURITY', 'TN006', NULL, 'the owner does not take the force away');

-- Other options may be NULL: their defaults.
CREATE TABLE shop.nulls (id integer);
SELECT lives_ok($$SELECT tenant.protect('shop.nulls', register => NULL, assign_to => NULL, open => NULL)$$, 'register, assign_to and open may be NULL');
SELECT is((SELECT open FROM tenant.protected_tables WHERE tbl = 'shop.nulls'::regclass), true, 'open is the default');

-- Tables of other kinds.
CREATE TEMP TABLE temporary (id integer);
CREATE UNLOGGED TABLE shop.unlogged (id integer);
SELECT lives_ok($$SELECT tenant.protect('pg_temp.temporary')$$, 'a temporary table');
SELECT lives_ok($$SELECT tenant.protect('shop.unlogged')$$, 'an unlogged table');
SELECT throws_ok('TABLE ' || name, 'TN001', NULL, name || ' is protected') FROM unnest(ARRAY['temporary', 'shop.unlogged']) name;

-- What the search path finds does not count.
CREATE TABLE shop.path (id integer);
CREATE FUNCTION shop.current_uuid() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid';
CREATE FUNCTION shop.count(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 0::bigint';
SET search_path = shop;
SELECT tenant.protect('path') \g /dev/null
SELECT tenant.protect('path') \g /dev/null
RESET search_path;
SELECT is((SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polrelid = 'shop.path'::regclass AND polname = 'tenant_isolation'),
	'(tenant_id = tenant.current_uuid())', 'the search path does not matter');

SELECT * FROM finish();
ROLLBACK;
