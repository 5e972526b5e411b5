-- search_tenants(), count_tenants(): what they find, page after page, and that indexes find it.
BEGIN;
SELECT plan(49);
\ir fixture/shop.sql
INSERT INTO tenant.tenants (tenant_id, name, status, platform_id) SELECT 'm-' || to_char(n, 'FM000000'), CASE WHEN n % 10 <> 0 THEN 'Name ' || n % 1000 END,
	(ARRAY['active', 'active', 'active', 'suspended'])[n % 4 + 1], CASE WHEN n % 100 = 0 THEN 'p' || n % 7 END FROM generate_series(1, 20000) n;
INSERT INTO tenant.tenants (tenant_id, name, status) VALUES ('ärger', 'Übermut', 'active'), ('z%_\', '50%_\ off', 'active'), ('nam', 'Other', 'active'), ('nadine', 'Nadine', 'active'), ('NAME', 'x', 'deleted');
ANALYZE tenant.tenants;

SET SESSION AUTHORIZATION tap_reader;
CREATE FUNCTION pg_temp.all_pages(query text, status text, platform text, page_size int) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	last_seen text;
	page text[];
BEGIN
	LOOP
		page := ARRAY(SELECT tenant_id FROM tenant.search_tenants(query, status, platform, last_seen, page_size));
		EXIT WHEN cardinality(page) = 0;
		RETURN QUERY SELECT unnest(page);
		last_seen := page[cardinality(page)];
	END LOOP;
END
$$;
SELECT is(count(*), count(DISTINCT id), format('nobody twice: %s, %s, %s', query, status, platform))
	FROM (VALUES (NULL, NULL, NULL, 700), ('m-00', NULL, NULL, 97), ('name 9', NULL, NULL, 33), ('na', NULL, NULL, 999), (NULL, 'suspended', NULL, 1000), (NULL, NULL, 'p3', 5),
		('name 7', 'active', NULL, 20), (NULL, 'active', 'p1', 3)) v (query, status, platform, page_size)
	CROSS JOIN LATERAL pg_temp.all_pages(query, status, platform, page_size) id GROUP BY query, status, platform ORDER BY query, status, platform;
SELECT bag_eq(format('SELECT pg_temp.all_pages(%L, %L, %L, %s)', query, status, platform, page_size),
		format('SELECT tenant_id::text FROM tenant.tenants WHERE (%1$L IS NULL OR starts_with(tenant_id, %1$L) OR starts_with(lower(name), lower(%1$L))) AND status = coalesce(%2$L, status)
			AND (%3$L IS NULL OR platform_id = %3$L)', query, status, platform), format('and nobody left out: %s, %s, %s', query, status, platform))
	FROM (VALUES (NULL, NULL, NULL, 700), ('m-00', NULL, NULL, 97), ('name 9', NULL, NULL, 33), ('na', NULL, NULL, 999), (NULL, 'suspended', NULL, 1000), (NULL, NULL, 'p3', 5),
		('name 7', 'active', NULL, 20), (NULL, 'active', 'p1', 3)) v (query, status, platform, page_size) ORDER BY query, status, platform;
SELECT is(tenant.count_tenants(query, status, platform), (SELECT count(*) FROM tenant.search_tenants(query, status, platform, page_size => 100000)),
		format('as many are counted: %s, %s, %s', query, status, platform))
	FROM (VALUES (NULL, NULL, NULL), ('m-00', NULL, NULL), ('name 9', NULL, NULL), ('na', NULL, NULL), (NULL, 'suspended', NULL), (NULL, NULL, 'p3'), ('name 7', 'active', NULL))
		v (query, status, platform) ORDER BY query, status, platform;
SELECT is((SELECT count(*) FROM tenant.search_tenants()), 50::bigint, 'a page has 50');
SELECT results_eq($$SELECT tenant_id COLLATE "default" FROM tenant.search_tenants('NAM')$$, $$SELECT tenant_id COLLATE "default" FROM tenant.search_tenants('NAM')$$, 'the same each time');
SELECT is((SELECT array_agg(tenant_id COLLATE "default") FROM tenant.search_tenants(query)), found, format('"%s"', query)) FROM (VALUES ('ÜBER', '{ärger}'::text[]), ('är', '{ärger}'),
	('50%', '{"z%_\\"}'), ('z%_\', '{"z%_\\"}'), ('_', NULL), ('other', '{nam}')) v (query, found);
SELECT results_eq($$SELECT tenant_id COLLATE "default" FROM tenant.search_tenants('NAM', page_size => 1)$$, ARRAY['NAME'], 'ids come before names');
SELECT throws_ok(command, code, NULL, command) FROM (VALUES ($$SELECT tenant.search_tenants(status => 'gone')$$, '22023'), ('SELECT tenant.search_tenants(page_size => 0)', '22023'),
	('SELECT tenant.search_tenants(page_size => NULL)', '22023'), ($$SELECT tenant.search_tenants(after => 'nobody')$$, 'TN002'), ($$SELECT tenant.count_tenants(status => 'gone')$$, '22023')) v (command, code);
RESET SESSION AUTHORIZATION;

-- Plans: what the functions run, with these arguments.
DO $do$
BEGIN
	EXECUTE 'PREPARE page (text, text, text, text, integer) AS ' || (SELECT substring(prosrc FROM 'RETURN QUERY(.*);\s*END\s*$') FROM pg_proc WHERE proname = 'search_tenants');
	EXECUTE 'PREPARE number (text, text, text) AS SELECT ' || (SELECT substring(prosrc FROM 'RETURN\s(.*);\s*END\s*$') FROM pg_proc WHERE proname = 'count_tenants');
END
$do$;
SET plan_cache_mode = force_custom_plan;
CREATE FUNCTION pg_temp.plan(called text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line text;
	plan text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) EXECUTE ' || called LOOP
		plan := plan || line || E'\n';
	END LOOP;
	RETURN plan;
END
$$;
SELECT ok(plan ~ index AND plan !~ 'Seq Scan', format('page(%s) is found by %s', arguments, index)) || CASE WHEN plan ~ index AND plan !~ 'Seq Scan' THEN '' ELSE E'\n' || diag(plan) END
	FROM (VALUES ('NULL, NULL, NULL, NULL, 50', 'tenants_pkey'), ('NULL, NULL, NULL, ''m-010000'', 50', 'tenants_pkey'), ('''m-0001'', NULL, NULL, NULL, 50', 'tenants_pkey'),
		('''name 99'', NULL, NULL, NULL, 50', 'tenants_by_name'), ('''name 99'', NULL, NULL, ''m-000999'', 50', 'tenants_by_name'), ('NULL, ''deleted'', NULL, NULL, 50', 'tenants_by_status'),
		('NULL, NULL, ''p3'', NULL, 50', 'tenants_by_platform'), ('NULL, ''active'', ''p3'', NULL, 50', 'tenants_by_platform')) v (arguments, index)
	CROSS JOIN LATERAL pg_temp.plan('page(' || arguments || ')') plan;
SELECT ok(plan ~ 'Index|Bitmap' AND plan !~ 'Seq Scan', format('number(%s) is counted in an index', arguments)) || CASE WHEN plan !~ 'Seq Scan' THEN '' ELSE E'\n' || diag(plan) END
	FROM (VALUES ('''name 99'', NULL, NULL'), ('NULL, ''deleted'', NULL'), ('NULL, NULL, ''p3''')) v (arguments) CROSS JOIN LATERAL pg_temp.plan('number(' || arguments || ')') plan;
SELECT throws_ok($$SET SESSION AUTHORIZATION tap_app; SELECT tenant.search_tenants()$$, '42501', NULL, 'an ordinary role looks nobody up');
SELECT * FROM finish();
ROLLBACK;
