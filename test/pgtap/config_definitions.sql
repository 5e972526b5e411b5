-- Which values the keys of configurations may have.
BEGIN;
SELECT plan(124);
\ir fixture/shop.sql
SET SESSION AUTHORIZATION tap_admin;
SELECT lives_ok('SELECT tenant.define_config(' || arguments || ')', 'defined: ' || arguments) FROM (VALUES
	('''limits.rate'', ''integer'', 1, 100'), ('''ratio'', ''number'', maximum => 0.5'), ('''plan'', ''string'', enum => ''["gold", "silver"]'''),
	('''host'', ''string'', pattern => ''^[a-z]+$'''), ('''beta'', ''boolean'''), ('''list'', ''array'''), ('''deep.er.object'', ''object'''),
	('''pair'', ''array'', enum => ''[[1, 2], []]''')) v(arguments);
SELECT lives_ok(format('SELECT tenant.set_config(%L, %L)', :ann, patch), patch || ' is accepted') FROM (VALUES
	('{"limits": {"rate": 1}}'), ('{"limits": {"rate": 100.0}}'), ('{"limits": {"rate": 1e1, "other": "x"}}'), ('{"limits": {"rate": null}}'), ('{"limits.rate": 7}'),
	('{"ratio": -3.5}'), ('{"ratio": 0.5}'), ('{"plan": "gold"}'), ('{"host": "abc"}'), ('{"beta": false}'), ('{"beta": null}'), ('{"list": []}'),
	('{"deep": {"er": {"object": {"x": 1}}}}'), ('{"deep": null}'), ('{"pair": [1, 2]}'), ('{"unknown": {"rate": "x"}}')) v(patch);
CREATE TEMP TABLE before AS SELECT config, revision FROM tenant.tenants;
SELECT throws_ok(format('SELECT tenant.set_config(%L, %L)', :ann, patch), '22023', NULL, patch || ' is refused') FROM (VALUES
	('{"limits": {"rate": 0}}'), ('{"limits": {"rate": 101}}'), ('{"limits": {"rate": 1.5}}'), ('{"limits": {"rate": "1"}}'), ('{"limits": {"rate": {}}}'), ('{"limits": 7}'),
	('{"limits": []}'), ('{"limits.rate": 0}'), ('{"ratio": 0.51}'), ('{"ratio": "0"}'), ('{"plan": "bronze"}'), ('{"plan": 7}'), ('{"plan": ["gold"]}'), ('{"host": "A"}'),
	('{"host": "a\n"}'), ('{"host": ["a"]}'), ('{"beta": "true"}'), ('{"beta": 1}'), ('{"list": {}}'), ('{"deep": {"er": {"object": []}}}'), ('{"deep": {"er": 1}}'),
	('{"deep": 1}'), ('{"pair": [2, 1]}'), ('{"ok": 1, "beta": 1}')) v(patch);
SELECT bag_eq('SELECT config, revision FROM tenant.tenants', 'SELECT config, revision FROM before', 'what was refused changed nothing');
SELECT throws_ok(format('SELECT tenant.set_config(%L, ''{"limits": {"rate": 0}}'')', :ann), '22023', 'invalid value of configuration key "limits.rate"', 'the message names the key');
SELECT throws_ok('SELECT tenant.' || call, '22023', NULL, call || ' is refused') FROM (VALUES
	('set_default_config(''{"beta": 1}'')'), ('set_platform_config(''east'', ''{"beta": 1}'')'), ('provision(''tap-x'', config => ''{"beta": 1}'')')) v(call);
SELECT is((SELECT count(*) FROM tenant.tenants WHERE tenant_id = 'tap-x'), 0::bigint, 'a tenant with a wrong value is not provisioned');

-- Definitions that make no sense.
SELECT throws_ok('SELECT tenant.define_config(' || arguments || ')', '22023', NULL, 'not defined: ' || arguments) FROM (VALUES
	('NULL, ''string'''), ('''x'', NULL'), ('''x'', ''text'''), (''''', ''string'''), ('''a..b'', ''string'''), ('''.a'', ''string'''), ('''a.'', ''string'''),
	('''x'', ''string'', 1'), ('''x'', ''boolean'', maximum => 1'), ('''x'', ''integer'', 2, 1'), ('''x'', ''integer'', pattern => ''1'''),
	('''x'', ''string'', pattern => ''(''' ), ('''x'', ''string'', enum => ''{}'''), ('''x'', ''string'', enum => ''[]'''), ('''x'', ''integer'', 5, enum => ''[1, 2]''')) v(arguments);
-- What is configured already.
SELECT tenant.set_config(:ann, '{"size": "big"}'), tenant.set_config(:bob, '{"size": 7}'), tenant.set_default_config('{"size": 8}'),
	tenant.set_platform_config('east', '{"size": 9}') \g /dev/null
SELECT throws_ok($$SELECT tenant.define_config('size', 'integer')$$, '22023', '1 configurations have another value of key "size"', 'a tenant''s value stands against a definition');
SELECT throws_ok($$SELECT tenant.define_config('size', 'string')$$, '22023', '3 configurations have another value of key "size"', 'so do defaults');
SELECT is_empty($$SELECT * FROM tenant.config_definitions WHERE key = 'size'$$, 'which is not made then');
SELECT tenant.set_config(:ann, '{"size": null}') \g /dev/null
SELECT lives_ok($$SELECT tenant.define_config('size', 'integer', maximum => 9)$$, 'it is when all agree');
SELECT throws_ok($$SELECT tenant.define_config('size', 'integer', maximum => 8)$$, '22023', NULL, 'a narrower one is refused, too');
SELECT lives_ok($$SELECT tenant.define_config('size', 'number', 0)$$, 'a wider one takes its place');
SELECT results_eq($$SELECT type, minimum, maximum FROM tenant.config_definitions WHERE key = 'size'$$, $$VALUES ('number', 0::numeric, NULL::numeric)$$, 'as a whole');
SELECT lives_ok($$SELECT tenant.undefine_config('size')$$, 'a definition can be taken back');
SELECT lives_ok(format('SELECT tenant.set_config(%L, ''{"size": "big"}'')', :ann), 'then any value may be set');
SELECT throws_ok('SELECT tenant.undefine_config(' || key || ')', '42704', NULL, 'there is no definition of ' || key) FROM (VALUES ('''size'''), ('NULL')) v(key);

-- Keys that are not defined.
RESET SESSION AUTHORIZATION;
SET pg_tenant.unknown_config_keys = refuse;
SET SESSION AUTHORIZATION tap_admin;
SELECT throws_ok(format('SELECT tenant.set_config(%L, %L)', :bob, patch), '22023', NULL, patch || ' is unknown') FROM (VALUES
	('{"colour": 1}'), ('{"limits": {"bursts": 1}}'), ('{"limits": {"breaker": {"x": 1}}}'), ('{"deep": {"x": 1}}'), ('{"deep": {"er": {"x": 1}}}'), ('{"limits": {"rate": 1}, "x": null, "y": {}}')) v(patch);
SELECT lives_ok(format('SELECT tenant.set_config(%L, %L)', :bob, patch), patch || ' is known') FROM (VALUES
	('{"limits": {"rate": 1}}'), ('{"limits.rate": 1}'), ('{"deep": {"er": {"object": {"any": {"thing": 1}}}}}'), ('{"limits": {"burst": 1, "breaker": {"ratio": 0.5}}}'), ('{"limits": {}}'), ('{"none": null}'), ('{"size": 9}')) v(patch);
SELECT is(config ->> 'size', '9', 'what was unknown before may stay and change') FROM tenant.tenants WHERE tenant_id = :bob;
SELECT throws_ok($$SELECT tenant.provision('tap-x', config => '{"colour": 1}')$$, '22023', 'configuration key "colour" is not defined', 'provision() refuses them, too');

RESET SESSION AUTHORIZATION;
RESET pg_tenant.unknown_config_keys;
SET SESSION AUTHORIZATION tap_admin;

-- What the library reads.
SELECT lives_ok(format('SELECT tenant.set_config(%L, jsonb_build_object(%L, %L::jsonb))', :bob, 'limits', limits), limits || ' is accepted') FROM (VALUES
	('{"statements_per_second": 0.5, "burst": 10.5, "concurrent_statements": 2, "sessions": 3, "rows_per_result": 1000}'),
	('{"concurrent_wait": "500ms", "statement_timeout": "2 min", "idle_in_transaction_timeout": "1h"}'),
	('{"breaker": {"max_requests": 3, "interval": "30s", "timeout": "0ms", "ratio": 1, "minimum": 20}}'), ('{"breaker": {}}'), ('{"breaker": null}'),
	('{"statements_per_second": 0, "burst": 0, "concurrent_statements": 0, "sessions": 0, "rows_per_result": 0, "breaker": {"ratio": 0}}')) v(limits);
CREATE TEMP TABLE limited AS SELECT config, revision FROM tenant.tenants;
SELECT throws_ok(format('SELECT tenant.set_config(%L, jsonb_build_object(%L, %L::jsonb))', :bob, 'limits', limits), '22023', NULL, limits || ' is refused') FROM (VALUES
	('1'), ('{"statements_per_second": -1}'), ('{"statements_per_second": "1"}'), ('{"statements_per_second": 1e7}'), ('{"burst": -0.5}'), ('{"concurrent_statements": -1}'),
	('{"concurrent_statements": 1.5}'), ('{"sessions": -1}'), ('{"rows_per_result": "all"}'), ('{"concurrent_wait": 500}'), ('{"concurrent_wait": "soon"}'),
	('{"statement_timeout": "-1s"}'), ('{"statement_timeout": "1"}'), ('{"idle_in_transaction_timeout": "1 month"}'), ('{"breaker": true}'), ('{"breaker": {"ratio": -0.1}}'),
	('{"breaker": {"ratio": 1.1}}'), ('{"breaker": {"max_requests": 0}}'), ('{"breaker": {"minimum": 0}}'), ('{"breaker": {"interval": 1}}'), ('{"breaker": {"timeout": []}}')) v(limits);
SELECT throws_ok($$SELECT tenant.set_default_config('{"limits.sessions": -1}')$$, '22023', 'invalid value of configuration key "limits.sessions"', 'defaults are checked, too');
SELECT bag_eq('SELECT config, revision FROM tenant.tenants', 'SELECT config, revision FROM limited', 'what was refused changed nothing');

SELECT * FROM finish();
ROLLBACK;
