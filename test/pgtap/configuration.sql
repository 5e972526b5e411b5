-- Configurations: merge patches, revisions, defaults, the history, and what a session reads of its tenant's.
BEGIN;
SELECT plan(103);
\ir fixture/shop.sql
SET search_path = shop, public;

-- The appendix of RFC 7396.
SELECT is(tenant.merge_patch(target::jsonb, patch::jsonb), result::jsonb, format('%s patched by %s', target, patch)) FROM (VALUES
	('{"a":"b"}', '{"a":"c"}', '{"a":"c"}'), ('{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'), ('{"a":"b"}', '{"a":null}', '{}'),
	('{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'), ('{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'), ('{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'),
	('{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'), ('{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'),
	('["a","b"]', '["c","d"]', '["c","d"]'), ('{"a":"b"}', '["c"]', '["c"]'), ('{"a":"foo"}', 'null', 'null'), ('{"a":"foo"}', '"bar"', '"bar"'),
	('{"e":null}', '{"a":1}', '{"e":null,"a":1}'), ('[1,2]', '{"a":"b","c":null}', '{"a":"b"}'),
	('{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}')) v(target, patch, result);
SELECT is(tenant.merge_patch('{"a":{"b":{"c":1,"d":2},"e":[{"f":null}]},"g":3}', '{"a":{"b":{"c":null,"h":{"i":[null]}}}}'),
	'{"a":{"b":{"d":2,"h":{"i":[null]}},"e":[{"f":null}]},"g":3}', 'objects are merged at every depth, arrays are replaced');
SELECT is(tenant.merge_patch('{"a":{"b":1}}', '{}'), '{"a":{"b":1}}', 'an empty patch changes nothing');
SELECT is(tenant.merge_patch(NULL, '{}'), NULL, 'NULL of NULL');
SELECT throws_ok(format('SELECT tenant.merge_patch(%L, %L)', '{}', repeat('{"a":', 100000) || '1' || repeat('}', 100000)), '54001', NULL,
	'a patch that is too deep is an error');

-- set_config(): several keys in one call.
SET SESSION AUTHORIZATION tap_admin;
CREATE TEMP TABLE start AS SELECT max(revision) AS revision FROM tenant.config_snapshot();
CREATE FUNCTION pg_temp.since_start() RETURNS SETOF tenant.config_history LANGUAGE sql AS
	$$ SELECT h.* FROM tenant.config_history h, start WHERE h.revision > start.revision $$;
SELECT ok(tenant.set_config(:ann, '{"theme": "dark", "beta": true, "limits": {"rate": 5, "burst": 9}}') > revision, 'set_config() returns a new revision')
	FROM start;
SELECT is(config, '{"theme": "dark", "beta": true, "limits": {"rate": 5, "burst": 9}}', 'what was set is in the registry')
	FROM tenant.tenants WHERE tenant_id = :ann;
SELECT is(revision, (SELECT max(revision) FROM tenant.config_snapshot()), 'with its revision') FROM tenant.tenants WHERE tenant_id = :ann;
SELECT ok(updated_at = now(), 'and its time') FROM tenant.tenants WHERE tenant_id = :ann;
SELECT is(tenant.set_config(:ann, '{"theme": null, "limits": {"rate": 6}, "news": [1, null]}'), revision + 1, 'the next revision is greater')
	FROM tenant.tenants WHERE tenant_id = :ann;
SELECT is(config, '{"beta": true, "limits": {"rate": 6, "burst": 9}, "news": [1, null]}', 'null removes a key, objects are merged, arrays replaced')
	FROM tenant.tenants WHERE tenant_id = :ann;
SELECT is(config, '{}', 'another tenant has none of it') FROM tenant.tenants WHERE tenant_id = :bob;
SELECT results_eq('SELECT tenant_id COLLATE "default", config, changed_at, changed_by FROM tenant.config_changes((SELECT revision FROM start))',
	format($$VALUES (%L, '{"theme": "dark", "beta": true, "limits": {"rate": 5, "burst": 9}}'::jsonb, now(), session_user::text COLLATE "default"),
		(%1$L, '{"beta": true, "limits": {"rate": 6, "burst": 9}, "news": [1, null]}', now(), session_user::text COLLATE "default")$$, :ann), 'the history has both');
SELECT is(tenant.set_config(upper(:ann), '{"beta": true}'), revision, 'a patch that changes nothing returns the revision that there is')
	FROM tenant.tenants WHERE tenant_id = :ann;
SELECT is((SELECT count(*) FROM pg_temp.since_start()), 2::bigint, 'and leaves no trace in the history');

-- expected_revision.
SELECT lives_ok(format('SELECT tenant.set_config(%L, ''{"beta": false}'', %s)', :ann, revision), 'the revision that there is is expected')
	FROM tenant.tenants WHERE tenant_id = :ann;
SELECT throws_ok(format('SELECT tenant.set_config(%L, ''{"beta": true}'', %s)', :ann, revision - 1), '40001', NULL, 'a former one is a conflict')
	FROM tenant.tenants WHERE tenant_id = :ann;
SELECT throws_ok(format('SELECT tenant.set_config(%L, ''{"beta": false}'', %s)', :ann, revision + 1), '40001', NULL, 'so is a later one, even if nothing would change')
	FROM tenant.tenants WHERE tenant_id = :ann;
SELECT lives_ok(format('SELECT tenant.set_config(%L, ''{"a": 1}'', 0)', :bob), 'one that was never configured is at 0');
SELECT throws_ok(format('SELECT tenant.set_config(%L, ''{"a": 2}'', 0)', :bob), '40001', NULL, 'but only until it is');

-- What is refused changes nothing.
CREATE TEMP TABLE before AS SELECT * FROM tenant.tenants;
SELECT throws_ok('SELECT tenant.set_config(' || arguments || ')', code, NULL, 'set_config() refuses ' || what) FROM (VALUES
	('an unknown tenant', format('%L, ''{"a": 1}''', :nobody), 'TN002'), ('NULL for a tenant', 'NULL, ''{"a": 1}''', '22023'),
	('a malformed id', ''' a'', ''{"a": 1}''', '22023'), ('NULL for a patch', format('%L, NULL', :ann), '22023'), ('an array', format('%L, ''[]''', :ann), '22023'),
	('a scalar', format('%L, ''7''', :ann), '22023'), ('a JSON null', format('%L, ''null''', :ann), '22023')) v(what, arguments, code);
SELECT lives_ok(format('SELECT tenant.set_config(%L, ''{"a": 1}'')', id), format('a tenant that is %s can be configured', state))
	FROM (VALUES ('suspended', :off), ('pending', :new)) v(state, id);
RESET SESSION AUTHORIZATION;
UPDATE tenant.tenants SET status = 'deleted', deleted_at = now() WHERE tenant_id = :off;
SET SESSION AUTHORIZATION tap_admin;
SELECT throws_ok(format('SELECT tenant.set_config(%L, ''{"a": 2}'')', :off), 'TN010', NULL, 'one that is deleted cannot');
SELECT bag_eq(format('SELECT config, revision FROM tenant.tenants WHERE tenant_id IN (%L, %L)', :ann, :bob),
	format('SELECT config, revision FROM before WHERE tenant_id IN (%L, %L)', :ann, :bob), 'what was refused changed nothing');

-- The audit has the step with its patch, the outbox has no value of it.
RESET SESSION AUTHORIZATION;
SELECT results_eq(format('SELECT action, detail FROM tenant.audit_log WHERE tenant_id = %L AND action = ''configured''', :bob),
	$$VALUES ('configured', '{"keys": ["a"], "patch": {"a": 1}}'::jsonb)$$, 'a change is audited, with its patch');
SET SESSION AUTHORIZATION tap_admin;

-- provision() and whoever else writes the registry.
SELECT is((tenant.provision('tap-made', config => '{"plan": "gold", "none": null}')).config, '{"plan": "gold"}', 'provision() with a configuration');
SELECT is(revision, (SELECT max(revision) FROM tenant.config_snapshot()), 'has a revision') FROM tenant.tenants WHERE tenant_id = 'tap-made';
SELECT is((SELECT config FROM tenant.config_history WHERE tenant_id = 'tap-made'), '{"plan": "gold"}', 'and a history');
SELECT is((tenant.provision('tap-plain')).revision, 0::bigint, 'without one it has none');
RESET SESSION AUTHORIZATION;
UPDATE tenant.tenants SET config = '{"plan": "silver"}' WHERE tenant_id = 'tap-made';
SELECT results_eq($$SELECT t.revision, h.config FROM tenant.tenants t JOIN tenant.config_history h USING (revision) WHERE t.tenant_id = 'tap-made'$$,
	$$SELECT max(revision), '{"plan": "silver"}'::jsonb FROM tenant.config_snapshot()$$, 'a change by hand is numbered, too');
UPDATE tenant.tenants SET name = 'other', updated_at = now() WHERE tenant_id = 'tap-made';
SELECT is((SELECT count(*) FROM tenant.config_history WHERE tenant_id = 'tap-made'), 2::bigint, 'another change of the tenant is not');
INSERT INTO tenant.tenants (tenant_id, config, revision) VALUES ('tap-restored', '{"plan": "gold"}', 1000000);
SELECT is((SELECT revision FROM tenant.tenants WHERE tenant_id = 'tap-restored'), 1000000::bigint, 'a row that brings a revision keeps it');
SELECT is_empty($$SELECT * FROM tenant.config_history WHERE tenant_id = 'tap-restored'$$, 'and leaves the history alone');
DELETE FROM tenant.tenants WHERE tenant_id = 'tap-made';
SELECT results_eq($$SELECT revision, config FROM tenant.config_history WHERE tenant_id = 'tap-made'$$,
	'SELECT max(revision), NULL::jsonb FROM tenant.config_snapshot()', 'a tenant that is removed leaves nothing but that it is gone');
SET SESSION AUTHORIZATION tap_admin;

-- What a session reads.
SELECT tenant.set_config(:ann, '{"theme": "dark", "beta": true, "beta2": false, "a.b": 1, "a": {"b": 2, "c": {"d": 3}}, "text": "x"}') \g /dev/null
SELECT tenant.provision('nakmvxxv', config => '{"n": 1}'), tenant.provision('tbdxatiq', config => '{"n": 2}') \g /dev/null
SET SESSION AUTHORIZATION tap_app;
SELECT throws_ok('SELECT tenant.' || call, 'TN001', NULL, call || ' needs a tenant') FROM (VALUES ('config()'), ('config(''a'')'), ('flag(''a'')')) v(call);
SELECT tenant.set(:ann) \g /dev/null
SELECT is(tenant.config(), '{"theme": "dark", "beta": true, "beta2": false, "a.b": 1, "a": {"b": 2, "c": {"d": 3}}, "text": "x", "limits": {"rate": 6, "burst": 9},
	"news": [1, null]}', 'config() is everything');
SELECT is(tenant.config(NULL), tenant.config(), 'so is config(NULL)');
SELECT is(tenant.config(key), value::jsonb, format('config(%L)', key)) FROM (VALUES ('theme', '"dark"'), ('beta', 'true'), ('limits', '{"rate": 6, "burst": 9}'),
	('limits.rate', '6'), ('news', '[1, null]'), ('news.0', NULL), ('a.b', '1'), ('a.c.d', '3'), ('a.c', '{"d": 3}'), ('a.x', NULL), ('a.b.x', NULL), ('none', NULL), ('', NULL),
	('.', NULL), ('a.', NULL), ('theme.x', NULL)) v(key, value);
SELECT is(tenant.flag(name), value, format('flag(%L)', name)) FROM (VALUES ('beta', true), ('beta2', false), ('none', false), ('a.none', false)) v(name, value);
SELECT throws_ok('SELECT tenant.flag(''theme'')', '22023', 'configuration key "theme" is no flag', 'flag() of anything else is an error');
SELECT throws_ok('SELECT tenant.flag(NULL)', '22023', NULL, 'so is flag(NULL)');
SELECT throws_ok('SELECT ' || call, '42501', NULL, 'an application has no ' || call) FROM (VALUES ('tenant.set_config(''x'', ''{}'')'), ('tenant.effective_config(''x'')'),
	('tenant.config_changes(0)'), ('tenant.config_snapshot()'), ('tenant.compact_config(0)'), ('tenant.set_default_config(''{}'')'),
	('tenant.set_platform_config(''x'', ''{}'')'), ('tenant.define_config(''x'', ''string'')'), ('tenant.draw_revision()'),
	('* FROM tenant.config_layers'), ('* FROM tenant.config_history'), ('* FROM tenant.config_definitions'), ('* FROM tenant.config_lock'), ('* FROM tenant.config_horizon')) v(call);
SELECT tenant.set(:bob) \g /dev/null
SELECT is(tenant.config(), '{"a": 1}', 'another tenant has its own');
-- Two ids of one hash.
SELECT tenant.set('nakmvxxv') \g /dev/null
SELECT is(tenant.config('n'), '1', 'so has one');
SELECT tenant.set('tbdxatiq') \g /dev/null
SELECT is(tenant.config('n'), '2', 'and another of the same hash');
SET app.tenant_id = 'eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee';
SELECT throws_ok('SELECT tenant.config()', 'TN002', NULL, 'an unknown tenant has none');
SET app.tenant_id = 'dddddddd-dddd-4ddd-8ddd-dddddddddddd';
SELECT throws_ok('SELECT tenant.flag(''a'')', 'TN003', NULL, 'nor has one that is pending');
SET app.tenant_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
SET app.tenant_name = 'Bob';
SELECT throws_ok('SELECT tenant.config()', 'TN004', NULL, 'nor a session that says that it is somebody else');
RESET app.tenant_name;
SELECT tenant.seal() \g /dev/null
SET app.tenant_id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb';
SELECT is(tenant.config('theme'), '"dark"', 'a sealed session reads the configuration of the sealed tenant');

SELECT * FROM finish();
ROLLBACK;
