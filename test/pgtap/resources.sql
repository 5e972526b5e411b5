-- add_resource, remove_resource, view resources, list.
BEGIN;
SELECT plan(34);
\ir fixture/shop.sql
SET SESSION AUTHORIZATION tap_admin;
SELECT tenant.provision('tap-1', 'One', 'p', config => '{"plan": "gold"}') \g /dev/null
SELECT tenant.provision('tap-2') \g /dev/null

SELECT lives_ok($$SELECT tenant.add_resource('tap-1', 'bucket', 'b2')$$, 'add_resource()');
SELECT lives_ok($$SELECT tenant.add_resource('tap-1', 'bucket', 'b1')$$, 'another of the same type');
SELECT lives_ok($$SELECT tenant.add_resource('tap-1', 'queue', 'b1')$$, 'the same id of another type');
SELECT lives_ok($$SELECT tenant.add_resource('tap-2', 'bucket', 'b1')$$, 'the same of another tenant');
SELECT lives_ok(format('SELECT tenant.add_resource(%L, ''bucket'', ''b'')', id), 'of a tenant that is ' || what)
	FROM (VALUES (:off, 'suspended'), (:new, 'pending')) v(id, what);
CREATE TEMP VIEW mine AS SELECT tenant_id COLLATE "default" AS tenant_id, type, resource_id, status FROM tenant.resources ORDER BY tenant_id, type, resource_id;
SELECT results_eq('SELECT concat_ws('' '', tenant_id, type, resource_id, status) FROM mine', ARRAY['cccccccc-cccc-4ccc-8ccc-cccccccccccc bucket b suspended',
	'dddddddd-dddd-4ddd-8ddd-dddddddddddd bucket b pending', 'tap-1 bucket b1 active', 'tap-1 bucket b2 active', 'tap-1 queue b1 active', 'tap-2 bucket b1 active'],
	'the view shows them with the state of their tenant');

RESET SESSION AUTHORIZATION;
SELECT tenant.provision('tap-deleted') \g /dev/null
SELECT tenant.add_resource('tap-deleted', 'bucket', 'b9') \g /dev/null
UPDATE tenant.tenants SET status = 'deleted' WHERE tenant_id = 'tap-deleted';
SET SESSION AUTHORIZATION tap_admin;
CREATE TEMP TABLE before AS SELECT * FROM mine;
SELECT throws_ok('SELECT tenant.' || command, code, NULL, command || ': ' || what) FROM (VALUES
	('add_resource(''tap-1'', ''bucket'', ''b1'')', '23505', 'is there already'),
	('add_resource(''tap-0'', ''bucket'', ''b1'')', 'TN002', 'unknown tenant'),
	('add_resource(''tap-deleted'', ''bucket'', ''b1'')', 'TN010', 'deleted tenant'),
	('add_resource(''tap-1'', NULL, ''b1'')', '22023', 'no type'), ('add_resource(''tap-1'', '''', ''b1'')', '22023', 'empty type'),
	('add_resource(''tap-1'', ''bucket'', NULL)', '22023', 'no id'), ('add_resource(''tap-1'', ''bucket'', '''')', '22023', 'empty id'),
	('remove_resource(''tap-1'', ''bucket'', ''b9'')', '42704', 'no such resource'),
	('remove_resource(''tap-1'', ''stream'', ''b1'')', '42704', 'no such type'),
	('remove_resource(''tap-2'', ''queue'', ''b1'')', '42704', 'another tenant''s'),
	('remove_resource(''tap-1'', NULL, ''b1'')', '22023', 'no type'), ('remove_resource(''tap-1'', ''bucket'', NULL)', '22023', 'no id'),
	('remove_resource(''tap-0'', ''bucket'', ''b1'')', 'TN002', 'unknown tenant')) v(command, code, what);
SELECT bag_eq('TABLE mine', 'TABLE before', 'and nothing has changed');

-- list().
CREATE TEMP VIEW listed AS SELECT * FROM tenant.list() WHERE tenant_id LIKE 'tap-%';
SELECT results_eq('SELECT tenant_id, name, platform_id, config, revision, resources FROM listed',
	$$VALUES ('tap-1', 'One', 'p', '{"plan": "gold"}'::jsonb, (SELECT revision FROM tenant.tenants WHERE tenant_id = 'tap-1'), '{"bucket": ["b1", "b2"], "queue": ["b1"]}'::jsonb),
		('tap-2', NULL, NULL, '{}', 0, '{"bucket": ["b1"]}')$$, 'list() has the active tenants in order, with configuration and resources');
SELECT is((SELECT count(*) FROM tenant.list() WHERE tenant_id IN (:off, :new, 'tap-deleted')), 0::bigint, 'none that is suspended, pending or deleted');
SELECT is((SELECT resources FROM tenant.list() WHERE tenant_id = :ann), '{}', 'also those without resources');
SELECT results_eq('SELECT tenant_id, resources FROM tenant.list(''queue'')', $$VALUES ('tap-1', '{"queue": ["b1"]}'::jsonb)$$,
	'list(type) has those with a resource of the type, and only these resources');
SELECT results_eq('SELECT tenant_id FROM tenant.list(''bucket'')', ARRAY['tap-1', 'tap-2'], 'and still only active ones');
SELECT is_empty('SELECT * FROM tenant.list(''stream'')', 'a type that nobody has');
SELECT is_empty('SELECT * FROM tenant.list('''')', 'an empty type is no wildcard');
SELECT is((SELECT count(*) FROM tenant.list(NULL)), (SELECT count(*) FROM tenant.tenants WHERE status = 'active'), 'NULL means any type');

SELECT lives_ok($$SELECT tenant.remove_resource('tap-1', 'bucket', 'b1')$$, 'remove_resource()');
SELECT lives_ok($$SELECT tenant.remove_resource('tap-deleted', 'bucket', 'b9')$$, 'also of a deleted tenant');
SELECT results_eq('SELECT resources FROM listed', $$VALUES ('{"bucket": ["b2"], "queue": ["b1"]}'::jsonb), ('{"bucket": ["b1"]}')$$, 'removes that one');
SELECT throws_ok($$SELECT tenant.remove_resource('tap-1', 'bucket', 'b1')$$, '42704', NULL, 'and not twice');
SELECT results_eq($$SELECT action, detail FROM tenant.audit_log WHERE tenant_id = 'tap-1' AND action LIKE 'resource%' ORDER BY changed_at$$,
	$$VALUES ('resource_added', '{"type": "bucket", "resource_id": "b2"}'::jsonb), ('resource_added', '{"type": "bucket", "resource_id": "b1"}'),
		('resource_added', '{"type": "queue", "resource_id": "b1"}'), ('resource_removed', '{"type": "bucket", "resource_id": "b1"}')$$, 'the trail has what was done, and no more');

SELECT * FROM finish();
ROLLBACK;
