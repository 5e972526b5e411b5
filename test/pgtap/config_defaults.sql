-- Defaults of all tenants and of platforms, and the history of configurations.
BEGIN;
SELECT plan(40);
\ir fixture/shop.sql
SET search_path = shop, public;

SET SESSION AUTHORIZATION tap_admin;
CREATE TEMP TABLE start AS SELECT max(revision) AS revision FROM tenant.config_snapshot();
SELECT tenant.set_config(:ann, '{"own": 1, "limits": {"rate": 1}}') \g /dev/null
SELECT is(tenant.set_default_config('{"own": 0, "all": 0, "limits": {"rate": 0, "burst": 0, "size": 0}}'), revision + 1, 'defaults are numbered with the rest')
	FROM tenant.tenants WHERE tenant_id = :ann;
SELECT is(tenant.set_platform_config('east', '{"own": 2, "platform": 2, "limits": {"burst": 2}}'), revision + 2, 'so are those of a platform')
	FROM tenant.tenants WHERE tenant_id = :ann;
SELECT is(tenant.effective_config(:ann), '{"own": 1, "all": 0, "platform": 2, "limits": {"rate": 1, "burst": 2, "size": 0}}', 'all < platform < tenant');
SELECT is(tenant.effective_config(:bob), '{"own": 0, "all": 0, "limits": {"rate": 0, "burst": 0, "size": 0}}', 'without a platform: all < tenant');
SELECT throws_ok(format('SELECT tenant.effective_config(%L)', :nobody), 'TN002', NULL, 'an unknown tenant has none');
SELECT throws_ok('SELECT tenant.effective_config(NULL)', '22023', NULL, 'nor has NULL');
SELECT results_eq('SELECT DISTINCT ON (platform_id) tenant_id COLLATE "default", platform_id COLLATE "default", config FROM tenant.config_changes((SELECT revision FROM start)) WHERE tenant_id IS NULL',
	$$VALUES (NULL::text, 'east', '{"own": 2, "platform": 2, "limits": {"burst": 2}}'::jsonb),
		(NULL, NULL, '{"own": 0, "all": 0, "limits": {"rate": 0, "burst": 0, "size": 0}}')$$, 'the history tells them from tenants''');
SELECT is((SELECT count(DISTINCT revision) FROM tenant.config_snapshot()), 1::bigint, 'a snapshot has one revision');
SELECT is_empty('SELECT * FROM tenant.config_changes((SELECT max(revision) FROM tenant.config_snapshot()))', 'after which nothing has changed');
SELECT is((SELECT count(*) FROM tenant.config_snapshot() WHERE tenant_id IS NULL), 2::bigint, 'it has the defaults');
SELECT is((SELECT count(*) FROM tenant.config_snapshot() WHERE tenant_id IS NOT NULL), (SELECT count(*) FROM tenant.tenants), 'and every tenant');
SELECT tenant.set(:ann) \g /dev/null
SELECT is(tenant.config(), tenant.effective_config(:ann), 'a session reads the same');
SELECT tenant.set_default_config('{"all": null, "new": 5}') \g /dev/null
SELECT is(tenant.config(), '{"own": 1, "new": 5, "platform": 2, "limits": {"rate": 1, "burst": 2, "size": 0}}', 'a change of the defaults holds at once');
SELECT tenant.set_platform_config('east', '{"own": null, "limits": null}') \g /dev/null
SELECT is(tenant.config('limits'), '{"rate": 1, "burst": 0, "size": 0}', 'so does one of the platform''s');
SELECT tenant.set_config(:ann, '{"own": null}') \g /dev/null
SELECT is(tenant.config('own'), '0', 'without its own value a tenant has the default');
SELECT tenant.set_platform_config('west', '{"own": "west"}') \g /dev/null
RESET SESSION AUTHORIZATION;
UPDATE tenant.tenants SET platform_id = 'west' WHERE tenant_id = :ann;
SELECT is(tenant.config('own'), '"west"', 'a tenant that changes its platform has the defaults of the new one');
SELECT is((SELECT platform_id COLLATE "default" FROM tenant.config_changes(0) WHERE tenant_id = :ann ORDER BY revision DESC LIMIT 1), 'west', 'which is a change of its configuration');
SET SESSION AUTHORIZATION tap_admin;
SELECT throws_ok('SELECT tenant.' || call, code, NULL, call || ' is refused') FROM (VALUES ('set_default_config(NULL)', '22023'), ('set_default_config(''[]'')', '22023'),
	('set_platform_config(NULL, ''{}'')', '22023'), ('set_platform_config('''', ''{}'')', '22023'), ('set_platform_config(''west'', NULL)', '22023'),
	('set_default_config(''{"a": 1}'', 0)', '40001'), ('set_platform_config(''west'', ''{"a": 1}'', 0)', '40001')) v(call, code);
SELECT is(tenant.set_default_config('{"new": 5}'), (SELECT max(revision) FROM tenant.config_history WHERE tenant_id IS NULL AND platform_id IS NULL),
	'defaults that are set to what they are keep their revision');

-- The history.
RESET SESSION AUTHORIZATION;
SET CONSTRAINTS ALL IMMEDIATE;
SET SESSION AUTHORIZATION tap_admin;
SELECT throws_ok('SELECT tenant.compact_config(NULL)', '22023', NULL, 'compact_config(NULL) is refused');
CREATE TEMP TABLE last AS SELECT max(revision) AS revision FROM tenant.config_snapshot();
SELECT ok(tenant.compact_config(revision) > 0, 'compact_config() tells how many changes it forgets') FROM last;
SELECT is(tenant.compact_config(revision), 0::bigint, 'none the second time') FROM last;
SELECT throws_ok(format('SELECT * FROM tenant.config_changes(%s)', revision - 2), 'TN012', NULL, 'who has not read them gets TN012') FROM last;
SELECT throws_ok('SELECT * FROM tenant.config_changes(0)', 'TN012', NULL, 'so does who has read nothing');
SELECT is((SELECT array_agg(c.revision) FROM tenant.config_changes(last.revision - 1) c), ARRAY[revision], 'who has read them goes on') FROM last;
SELECT is((SELECT max(revision) FROM tenant.config_snapshot()), revision, 'everything can be read') FROM last;
SELECT is(tenant.compact_config(revision + 10), 1::bigint, 'the last change can be forgotten, too') FROM last;
SELECT is((SELECT max(revision) FROM tenant.config_snapshot()), revision, 'and still be told as the last') FROM last;
SELECT is_empty(format('SELECT * FROM tenant.config_changes(%s)', revision), 'who has read it goes on') FROM last;
SELECT throws_ok(format('SELECT * FROM tenant.config_changes(%s)', revision - 1), 'TN012', format('the changes since revision %s are not known', revision - 1), 'who has not does not')
	FROM last;
SELECT throws_ok(format('SELECT * FROM tenant.config_changes(%s)', revision + 1000), 'TN012', NULL, 'nor who has read another database') FROM last;
SELECT throws_ok(format('SELECT * FROM tenant.config_changes(%s)', since), '22023', NULL, format('config_changes(%s) is refused', since)) FROM (VALUES ('NULL'), ('-1')) v(since);
SELECT tenant.set_config(:ann, '{"after": 1}') AS after \gset
SELECT is((SELECT array_agg(c.revision) FROM tenant.config_changes(last.revision) c), ARRAY[:after]::bigint[], 'it goes on') FROM last;

SELECT * FROM finish();
ROLLBACK;
