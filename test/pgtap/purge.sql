-- soft_delete, restore, purge: every step from every state, and what each refuses; what purge_deleted and purge_all refuse. What they
-- do when they may is in sql/purge.sql: they commit as they go.
BEGIN;
SELECT plan(59);
\ir fixture/shop.sql

CREATE TEMP TABLE states (state text, id text) ON COMMIT DROP;
INSERT INTO states VALUES ('pending', 'tap-pending'), ('active', 'tap-active'), ('suspended', 'tap-suspended'), ('deleted', 'tap-deleted');
SELECT tenant.provision(id, activate => state <> 'pending') FROM states \g /dev/null
SELECT tenant.suspend('tap-suspended', 'unpaid') \g /dev/null
GRANT SELECT ON states TO PUBLIC;

-- Who may.
SET SESSION AUTHORIZATION tap_app;
SELECT throws_ok(command, '42501', NULL, 'an application may not ' || command) FROM (VALUES ('SELECT tenant.soft_delete(''tap-active'')'),
	('SELECT tenant.restore(''tap-active'')'), ('CALL tenant.purge(''tap-active'')'), ('CALL tenant.purge_all(''1 day'')'),
	('CALL tenant.purge_deleted(''shop.orders'', ''1 day'')'), ('SELECT * FROM tenant.stat_progress_purge'), ('SELECT * FROM tenant.purges'),
	('SELECT * FROM tenant.purged_rows')) v(command);
SET SESSION AUTHORIZATION tap_reader;
SELECT lives_ok('SELECT * FROM ' || seen, 'a reader sees ' || seen) FROM (VALUES ('tenant.stat_progress_purge'), ('tenant.purges'),
	('tenant.purged_rows')) v(seen);
SELECT throws_ok('CALL tenant.purge(''tap-active'')', '42501', NULL, 'and purges nothing');

-- soft_delete(): from any other state.
SET SESSION AUTHORIZATION tap_admin;
SELECT results_eq('SELECT status, deleted_at, updated_at, former_status FROM tenant.soft_delete(''tap-deleted'')', $$VALUES ('deleted', now(), now(), 'active')$$,
	'active → deleted');
SELECT throws_ok($$SELECT tenant.soft_delete('tap-deleted')$$, 'TN010', 'cannot delete tenant "tap-deleted", which is deleted', 'but not twice');
SELECT throws_ok(format('SELECT tenant.%s(''tap-deleted'')', step), 'TN010', NULL, step || ' of a deleted tenant is TN010')
	FROM unnest(ARRAY['activate', 'suspend', 'resume']) step;
SELECT throws_ok(format('SELECT tenant.grant_tenant(''tap_app'', %L)', 'tap-deleted'), 'TN010', NULL, 'nor is it granted');
SELECT throws_ok(format('SELECT tenant.restore(%L)', id), 'TN010', NULL, format('restore() of a tenant that is %s is TN010', state))
	FROM states WHERE state <> 'deleted' ORDER BY state;
SELECT throws_ok(format(command, :nobody), 'TN002', NULL, format(command, 'nobody') || ' is TN002') FROM (VALUES ('SELECT tenant.soft_delete(%L)'),
	('SELECT tenant.restore(%L)'), ('CALL tenant.purge(%L)'), ('CALL tenant.purge(%L, dry_run => true)')) v(command);
SELECT throws_ok(format('%s tenant.%s(NULL)', verb, step), '22023', NULL, step || '(NULL) is 22023')
	FROM (VALUES ('SELECT', 'soft_delete'), ('SELECT', 'restore'), ('CALL', 'purge')) v(verb, step);
SELECT throws_ok(format('%s tenant.%s('' x'')', verb, step), '22023', NULL, step || '() of no tenant id is 22023')
	FROM (VALUES ('SELECT', 'soft_delete'), ('SELECT', 'restore'), ('CALL', 'purge')) v(verb, step);
CREATE TEMP TABLE before AS SELECT * FROM tenant.tenants WHERE tenant_id LIKE 'tap-%' AND status <> 'deleted';
SELECT is(count(*), 3::bigint, 'every other state can be deleted') FROM before b CROSS JOIN LATERAL tenant.soft_delete(b.tenant_id) d
	WHERE d.status = 'deleted' AND d.former_status = b.status;
SELECT is(count(*), 3::bigint, 'and comes back') FROM before b CROSS JOIN LATERAL tenant.restore(b.tenant_id) d
	WHERE d.status = b.status AND d.former_status IS NULL AND d.deleted_at IS NULL AND d.status_reason IS NOT DISTINCT FROM b.status_reason
	AND d.suspended_at IS NOT DISTINCT FROM b.suspended_at AND d.activated_at IS NOT DISTINCT FROM b.activated_at;

-- purge(): what the state allows is said first, also where it could not commit.
SELECT throws_ok(format('CALL tenant.purge(%L, true)', id), 'TN010', NULL, format('purge() of a tenant that is %s is TN010', state))
	FROM states WHERE state <> 'deleted' ORDER BY state;
SELECT throws_ok($$CALL tenant.purge('tap-deleted')$$, 'TN010', 'cannot purge tenant "tap-deleted" yet', 'nor within the grace period');
SELECT throws_ok($$CALL tenant.purge('tap-deleted', force => NULL)$$, 'TN010', NULL, 'NULL is no force');
SELECT throws_ok($$CALL tenant.purge('tap-deleted', force => true)$$, '25001', NULL, 'with force it would, outside a transaction');
RESET SESSION AUTHORIZATION;
SET LOCAL pg_tenant.purge_grace = '1h';
SELECT is(current_setting('pg_tenant.purge_grace'), '1h', 'the grace period is a duration');
UPDATE tenant.tenants SET deleted_at = now() - interval '59 min' WHERE tenant_id = 'tap-deleted';
SELECT throws_ok($$CALL tenant.purge('tap-deleted')$$, 'TN010', NULL, 'that is not over');
UPDATE tenant.tenants SET deleted_at = now() - interval '61 min' WHERE tenant_id = 'tap-deleted';
SELECT throws_ok($$CALL tenant.purge('tap-deleted')$$, '25001', NULL, 'or is');
SELECT is_empty('SELECT FROM tenant.purges', 'none of these began');
SET SESSION AUTHORIZATION tap_admin;
SELECT throws_ok('SET LOCAL pg_tenant.purge_grace = 0', '42501', NULL, 'tenant_admin does not shorten it');
SELECT lives_ok(format('CALL tenant.purge(%L, dry_run => true)', id), format('rows of a tenant that is %s are counted', state))
	FROM states ORDER BY state;
SELECT is((SELECT count(*) FROM tenant.tenants WHERE tenant_id LIKE 'tap-%'), 4::bigint, 'and nothing more');

-- Every session.
SET SESSION AUTHORIZATION tap_owner;
SELECT tenant.set(:ann) \g /dev/null
SELECT is((SELECT count(*) FROM shop.orders), 2::bigint, 'an active tenant is served');
SELECT tenant.soft_delete(:ann) \g /dev/null
SELECT throws_ok('SELECT count(*) FROM shop.orders', 'TN003', NULL, 'a deleted one is not');
SELECT is((tenant.restore(:ann)).status, 'active', 'restored');
SELECT is((SELECT count(*) FROM shop.orders), 2::bigint, 'it has its rows');
SELECT throws_ok(format('CALL tenant.purge_deleted(%s)', arguments), code, NULL, 'purge_deleted() refuses ' || what) FROM (VALUES
	('a table without soft deletion', '''shop.orders'', ''1 day''', '42704'), ('a view', '''tenant.resources'', ''1 day''', '42704'),
	('no table', 'NULL, ''1 day''', '22023'), ('no age', '''shop.orders'', NULL', '22023'), ('an age below zero', '''shop.orders'', ''-1 s''', '22023'))
	v(what, arguments, code);
SELECT throws_ok($$CALL tenant.purge_all('1 day')$$, '25001', NULL, 'purge_all() refuses a transaction block');
SELECT * FROM finish();
ROLLBACK;
