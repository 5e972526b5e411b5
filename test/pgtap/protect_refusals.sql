-- What protect(), unprotect() and share() refuse, and that nothing changes then.
BEGIN;
SELECT plan(84);
\ir fixture/shop.sql
SET client_min_messages = warning;
CREATE TABLE shop.not_owned (id integer);
CREATE COLLATION shop.no_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE FOREIGN DATA WRAPPER tap_wrapper;
CREATE SERVER tap_server FOREIGN DATA WRAPPER tap_wrapper;
GRANT USAGE ON FOREIGN SERVER tap_server TO tap_owner;
SET SESSION AUTHORIZATION tap_owner;
CREATE TABLE shop.plain (id integer);
CREATE VIEW shop.view AS SELECT 1 AS id;
CREATE MATERIALIZED VIEW shop.materialized AS SELECT 1 AS id;
CREATE SEQUENCE shop.sequence;
CREATE TYPE shop.composite AS (id integer);
CREATE INDEX plain_index ON shop.plain (id);
CREATE FOREIGN TABLE shop.foreign_table (id integer) SERVER tap_server;
CREATE TEMP TABLE before AS SELECT oid, relrowsecurity, relforcerowsecurity, relnatts FROM pg_class WHERE relnamespace = 'shop'::regnamespace;
CREATE TEMP TABLE policies_before AS SELECT * FROM pg_policy;

-- Objects.
CREATE TEMP TABLE objects (what text, name text, code text);
INSERT INTO objects VALUES ('NULL', NULL, '22023'), ('a view', 'shop.view', '42809'), ('a sequence', 'shop.sequence', '42809'),
	('an index', 'shop.plain_index', '42809'), ('a composite type', 'shop.composite', '42809'), ('a table of another owner', 'shop.not_owned', '42501'),
	('what does not exist', 'shop.missing', '42P01'), ('an OID that no relation has', '4294967295', '42P01'), ('the OID 0', '0', '42P01');
SELECT throws_ok(format('SELECT tenant.%s(%L)', function, name), code, NULL, format('%s() refuses %s', function, what))
	FROM objects, unnest(ARRAY['protect', 'unprotect', 'share']) function ORDER BY function, what;
SELECT throws_ok(format('SELECT tenant.protect(%L)', name), '42703', NULL, format('protect() refuses %s, which has no tenant column', name))
	FROM unnest(ARRAY['shop.materialized', 'shop.foreign_table']) name;
SELECT throws_ok($$SELECT tenant.unprotect('shop.plain')$$, '42704', NULL, 'unprotect() refuses a table that is not protected');
SELECT throws_ok($$SELECT tenant.share('shop.orders')$$, '55000', NULL, 'share() refuses a protected table');

-- Columns and types.
CREATE TABLE shop.typed (a smallint, b numeric, c bytea, d uuid[], e char(5), f name, g integer, h timestamptz);
CREATE DOMAIN shop.my_uuid AS uuid;
CREATE TABLE shop.domain (tenant_id shop.my_uuid);
CREATE TABLE shop.loose (tenant_id text COLLATE shop.no_case);
CREATE TABLE shop.loose_varchar (tenant_id varchar COLLATE shop.no_case);
SELECT throws_ok(format('SELECT tenant.protect(''shop.typed'', %L)', attname), '42804', NULL, format('a column of type %s', format_type(atttypid, atttypmod)))
	FROM pg_attribute WHERE attrelid = 'shop.typed'::regclass AND attnum > 0 AND attname <> 'g' ORDER BY attnum;
SELECT throws_ok($$SELECT tenant.protect('shop.domain')$$, '42804', NULL, 'a column of a domain');
SELECT throws_ok(format('SELECT tenant.protect(%L)', name), '0A000', NULL, 'a nondeterministic collation: ' || name)
	FROM unnest(ARRAY['shop.loose', 'shop.loose_varchar']) name;
SELECT throws_ok(format('SELECT tenant.protect(''shop.plain'', column_type => %L)', type), '22023', NULL, format('column_type <%s>', type))
	FROM unnest(ARRAY['smallint', 'numeric', 'boolean', 'uuid[]', 'name', 'char(36)', 'shop.my_uuid', 'shop.plain', NULL]) type;
SELECT throws_ok($$SELECT tenant.protect('shop.plain', column_type => 'no_such_type')$$, '42704', NULL, 'a type that does not exist');
SELECT throws_ok(format('SELECT tenant.protect(''shop.plain'', column_type => %s::oid)', number), '42704', NULL, 'no type has the number ' || number)
	FROM unnest(ARRAY[0, 4294967295]) number;
SELECT throws_ok(format('SELECT tenant.protect(''shop.plain'', %L)', name), '22023', NULL, format('tenant_column <%s>', name))
	FROM unnest(ARRAY['', NULL, 'ctid', 'tableoid']) name;

-- Policies with our names that are not ours.
CREATE TABLE shop.clash_isolation (tenant_id uuid);
CREATE POLICY tenant_isolation ON shop.clash_isolation AS RESTRICTIVE USING (true);
CREATE TABLE shop.clash_permissive (tenant_id uuid);
CREATE POLICY tenant_isolation ON shop.clash_permissive USING (tenant_id = tenant.current_uuid()) WITH CHECK (tenant_id = tenant.current_uuid());
CREATE TABLE shop.clash_command (tenant_id uuid);
CREATE POLICY tenant_isolation ON shop.clash_command AS RESTRICTIVE FOR SELECT USING (tenant_id = tenant.current_uuid());
CREATE TABLE shop.clash_role (tenant_id uuid);
CREATE POLICY tenant_isolation ON shop.clash_role AS RESTRICTIVE TO tap_app USING (tenant_id = tenant.current_uuid());
CREATE TABLE shop.clash_check (tenant_id uuid);
CREATE POLICY tenant_isolation ON shop.clash_check AS RESTRICTIVE USING (tenant_id = tenant.current_uuid()) WITH CHECK (true);
CREATE TABLE shop.clash_function (tenant_id uuid);
CREATE FUNCTION shop.current_uuid() RETURNS uuid STABLE LANGUAGE sql AS 'SELECT NULL::uuid';
CREATE POLICY tenant_isolation ON shop.clash_function AS RESTRICTIVE USING (tenant_id = shop.current_uuid());
CREATE TABLE shop.clash_rows (tenant_id uuid);
CREATE POLICY tenant_rows ON shop.clash_rows USING (tenant_id IS NOT NULL);
SELECT throws_ok(format('SELECT tenant.protect(%L)', 'shop.' || name), '42710', NULL, 'a policy of that name that is not ours: ' || name)
	FROM unnest(ARRAY['clash_isolation', 'clash_permissive', 'clash_command', 'clash_role', 'clash_check', 'clash_function', 'clash_rows']) name;
SELECT is((SELECT count(*) FROM tenant.protected_tables WHERE tbl::text LIKE 'shop.clash%'), 0::bigint, 'none of these counts as protection');
SELECT is((SELECT count(*) FROM pg_policy WHERE polrelid::regclass::text LIKE 'shop.clash%'), 7::bigint, 'and they are as they were');
SELECT is((SELECT count(*) FROM pg_class WHERE relname LIKE 'clash%' AND (relrowsecurity OR relforcerowsecurity)), 0::bigint, 'as their tables are');

-- Parts of what is not protected.
CREATE TABLE shop.parent (tenant_id uuid, id integer) PARTITION BY LIST (id);
CREATE TABLE shop.partition PARTITION OF shop.parent FOR VALUES IN (1);
CREATE TABLE shop.base (tenant_id uuid);
CREATE TABLE shop.child () INHERITS (shop.base);
SELECT throws_ok(format('SELECT tenant.protect(%L)', name), '42809', NULL, format('%s: protection starts at the top', name))
	FROM unnest(ARRAY['shop.partition', 'shop.child']) name;
RESET SESSION AUTHORIZATION;
CREATE TABLE shop.partition_of_another PARTITION OF shop.parent FOR VALUES IN (2);
SET SESSION AUTHORIZATION tap_owner;
SELECT throws_ok($$SELECT tenant.protect('shop.parent')$$, '42501', NULL, 'a partition of another owner');
CREATE TABLE shop.half_foreign (tenant_id uuid, id integer) PARTITION BY LIST (id);
CREATE FOREIGN TABLE shop.foreign_partition PARTITION OF shop.half_foreign FOR VALUES IN (3) SERVER tap_server;
SELECT throws_ok($$SELECT tenant.protect('shop.half_foreign')$$, '55000', NULL, 'a foreign table as partition, whose rows cannot be read');
SELECT is((SELECT count(*) FROM tenant.protected_tables WHERE tbl <> 'shop.orders'::regclass), 0::bigint, 'nothing became protected');
SELECT bag_eq('SELECT oid, relrowsecurity, relforcerowsecurity, relnatts FROM pg_class WHERE oid IN (SELECT oid FROM before)',
	'TABLE before', 'no table was changed');
SELECT is_empty('SELECT polname FROM policies_before p WHERE NOT EXISTS (SELECT FROM pg_policy q WHERE q.oid = p.oid)', 'no policy is gone');
SELECT is_empty('TABLE tenant.shared_tables', 'nothing was shared');

-- The system's and our own tables, not even for a superuser.
RESET SESSION AUTHORIZATION;
SELECT throws_ok(format('SELECT tenant.protect(%L)', name), '42809', NULL, 'protect() refuses ' || name)
	FROM unnest(ARRAY['pg_class', 'pg_authid', 'information_schema.sql_features', 'tenant.tenants', 'tenant.tenant_resources', 'tenant.shared_tables']) name;

-- An OID instead of a name is no way round the check of ownership.
SET SESSION AUTHORIZATION tap_admin;
SELECT throws_ok(format('SELECT tenant.%s(%s)', function, (SELECT oid FROM pg_class WHERE oid = 'shop.plain'::regclass)), '42501', NULL,
	function || '() by OID needs ownership too') FROM unnest(ARRAY['protect', 'unprotect', 'share']) function;

SELECT * FROM finish();
ROLLBACK;
