-- Who may do what: PUBLIC has the context functions; the registry is for tenant_admin and tenant_reader.
BEGIN;
SELECT plan(115);
\ir fixture/shop.sql

-- What a role may not touch at all: reading, and writing even for those that may read.
CREATE TEMP TABLE relations (name text, readers text[]) ON COMMIT DROP;
INSERT INTO relations VALUES ('tenant.tenants', '{tap_admin,tap_reader}'), ('tenant.resources', '{tap_admin,tap_reader}'),
	('tenant.protected_tables', '{tap_admin,tap_reader}'), ('tenant.shared_tables', '{tap_admin,tap_reader}'),
	('tenant.role_tenants', '{tap_admin,tap_reader}'), ('tenant.role_grants', '{}'), ('tenant.jwt_keys', '{}'), ('tenant.operator_trust', '{}'),
	('tenant.trusted_operators', '{tap_admin,tap_reader}'), ('tenant.tenant_resources', '{}');
SELECT is(has_table_privilege(role, name, 'SELECT'), role = ANY (readers),
		format('%s %s read %s', role, CASE WHEN role = ANY (readers) THEN 'may' ELSE 'may not' END, name))
	FROM relations, unnest(ARRAY['tap_admin', 'tap_reader', 'tap_app']) role ORDER BY name, role;
SELECT is(has_table_privilege(role, name, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER'), false,
		format('%s may not write %s', role, name))
	FROM relations, unnest(ARRAY['tap_admin', 'tap_reader', 'tap_app']) role ORDER BY name, role;
SELECT is(has_schema_privilege('tap_app', 'tenant', 'USAGE'), true, 'everybody may use schema tenant');
SELECT is(has_schema_privilege('tap_admin', 'tenant', 'CREATE'), false, 'not even tenant_admin may create there');
SELECT is(rolcanlogin OR rolsuper OR rolbypassrls, false, format('role %s only groups privileges', rolname))
	FROM pg_roles WHERE rolname IN ('tenant_admin', 'tenant_reader') ORDER BY rolname;

SET SESSION AUTHORIZATION tap_app;
SELECT throws_ok('TABLE tenant.tenants', '42501', NULL, 'an ordinary role cannot read tenant.tenants');
SELECT throws_ok('TABLE tenant.resources', '42501', NULL, 'an ordinary role cannot read tenant.resources');
SELECT throws_ok('TABLE tenant.protected_tables', '42501', NULL, 'an ordinary role cannot read tenant.protected_tables');
SELECT throws_ok(command, '42501', NULL, 'an ordinary role cannot run ' || command) FROM unnest(ARRAY[
	$$SELECT tenant.provision('tap-new')$$, $$SELECT tenant.activate('tap-new')$$, $$SELECT tenant.suspend('tap-new')$$,
	$$SELECT tenant.resume('tap-new')$$, $$SELECT tenant.add_resource('a', 'b', 'c')$$,
	$$SELECT tenant.remove_resource('a', 'b', 'c')$$, $$SELECT * FROM tenant.list()$$,
	$$SELECT tenant.protection_of('shop.orders'::regclass)$$, $$SELECT tenant.unprotect('shop.orders')$$,
	$$SELECT tenant.grant_tenant('tap_app', 'a')$$, $$SELECT tenant.revoke_tenant('tap_app', 'a')$$,
	$$SELECT tenant.add_jwt_key('a', 'HS256', repeat('x', 32))$$, $$SELECT tenant.remove_jwt_key('a')$$,
	$$SELECT tenant.trust('upper(text)', 'x')$$, $$SELECT tenant.distrust('upper(text)')$$, 'TABLE tenant.trusted_operators',
	$$SELECT tenant.check_jwt_key('HS256', repeat('x', 32))$$, $$SELECT tenant.lock_for_step('a', '{active}', 'x')$$, $$SELECT tenant.is_valid_name('x')$$]) command;
CREATE TEMP TABLE own (id integer);
SELECT throws_ok($$SELECT tenant.protect('own')$$, '42501', NULL, 'owning a table is not enough to protect it');
SELECT throws_ok($$SELECT tenant.share('own')$$, '42501', NULL, 'nor to share it');
SELECT lives_ok(format('SELECT tenant.set(%L)', :ann), 'an ordinary role may set a tenant');
SELECT results_eq('SELECT tenant.current_id()', ARRAY[:ann], 'and read it');
SELECT throws_ok('SET pg_tenant.on_missing_tenant = empty', '42501', NULL, 'an ordinary role cannot relax a server setting');
SELECT throws_ok('SET pg_tenant.require_registered = off', '42501', NULL, 'nor the need to be registered');
RESET SESSION AUTHORIZATION;

GRANT SET ON PARAMETER pg_tenant.on_missing_tenant TO tap_app;
SET SESSION AUTHORIZATION tap_app;
SELECT lives_ok('SET LOCAL pg_tenant.on_missing_tenant = empty', 'unless it was granted');
SELECT is(current_setting('pg_tenant.on_missing_tenant'), 'empty', 'and then it holds');
RESET SESSION AUTHORIZATION;

SET SESSION AUTHORIZATION tap_admin;
SELECT throws_ok(command, '42501', NULL, 'tenant_admin has no direct write: ' || command) FROM unnest(ARRAY[
	$$INSERT INTO tenant.tenants (tenant_id) VALUES ('tap-new')$$, $$UPDATE tenant.tenants SET status = 'active'$$,
	'DELETE FROM tenant.tenants', $$INSERT INTO tenant.role_grants VALUES ('tap_app', 'a')$$, $$SELECT tenant.trust('upper(text)', 'x')$$, $$SELECT tenant.distrust('upper(text)')$$,
	$$INSERT INTO tenant.operator_trust VALUES ('a', true, 'b', 'c')$$, 'TRUNCATE tenant.tenants', $$INSERT INTO tenant.shared_tables VALUES ('pg_class')$$]) command;
SELECT is(tenant_id, 'tap-new', 'tenant_admin provisions through the function') FROM tenant.provision('tap-new');
SELECT is((SELECT status FROM tenant.tenants WHERE tenant_id = 'tap-new'), 'active', 'and reads the registry');
SELECT throws_ok($$SELECT tenant.protect('shop.orders')$$, '42501', NULL, 'tenant_admin cannot protect a table of another owner');
SELECT throws_ok($$SELECT tenant.unprotect('shop.orders')$$, '42501', NULL, 'nor unprotect it');
SELECT throws_ok($$SELECT tenant.share('shop.orders')$$, '42501', NULL, 'nor share it');
RESET SESSION AUTHORIZATION;

SET SESSION AUTHORIZATION tap_reader;
SELECT is((SELECT count(*) FROM tenant.tenants WHERE tenant_id = 'tap-new'), 1::bigint, 'tenant_reader reads the registry');
SELECT is((SELECT tenant_column FROM tenant.protected_tables WHERE tbl = 'shop.orders'::regclass), 'tenant_id'::name,
	'and the protected tables');
SELECT is((SELECT count(*) FROM tenant.list() WHERE tenant_id = 'tap-new'), 1::bigint, 'and the list');
SELECT throws_ok($$SELECT tenant.suspend('tap-new')$$, '42501', NULL, 'but changes nothing');
SELECT throws_ok($$SELECT tenant.provision('tap-other')$$, '42501', NULL, 'and registers nobody');
RESET SESSION AUTHORIZATION;
SELECT is((SELECT status FROM tenant.tenants WHERE tenant_id = 'tap-new'), 'active', 'the tenant is as it was');
SELECT is((SELECT count(*) FROM tenant.tenants WHERE tenant_id = 'tap-other'), 0::bigint, 'and the other one is not there');

SELECT * FROM finish();
ROLLBACK;
