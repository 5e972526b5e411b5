-- What tells without showing a row: EXPLAIN, statistics, details of errors.
\set SHOW_CONTEXT never
\set A '11111111-1111-1111-1111-111111111111'
SET ROLE fx_owner;
CREATE TABLE fx.parcels (id int, place int, label text, weight int);
SELECT tenant.protect('fx.parcels');
RESET ROLE;
GRANT SELECT, INSERT, UPDATE, DELETE ON fx.parcels TO fx_app;
SET row_security = off;
INSERT INTO fx.parcels (tenant_id, id, place, label, weight)
	SELECT '11111111-1111-1111-1111-111111111111', g, g, 'ann' || g, g FROM generate_series(1, 10) g;
INSERT INTO fx.parcels (tenant_id, id, place, label, weight)
	SELECT '22222222-2222-2222-2222-222222222222', g, g % 700, 'bob' || g, g FROM generate_series(1, 4990) g;
CREATE INDEX parcels_place ON fx.parcels (place);
CREATE INDEX parcels_weight ON fx.parcels (weight) INCLUDE (tenant_id);
CREATE INDEX parcels_initial ON fx.parcels (upper(left(label, 1)));
CREATE STATISTICS fx.parcels_extended (mcv) ON place, weight FROM fx.parcels;
CREATE TABLE fx.plain AS SELECT g AS id FROM generate_series(1, 1000) g;
GRANT ALL ON fx.plain TO fx_app;
VACUUM ANALYZE fx.parcels, fx.plain;
RESET row_security;

-- What EXPLAIN says, without times and memory.
CREATE FUNCTION fx.explained(command text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE command LOOP
		line := regexp_replace(line, '(actual )?time=[0-9.]+ ', '', 'g');
		line := regexp_replace(line, '[0-9.]+ ?(ms|kB)', 'N\1', 'g');
		-- 18 counts fractions of rows, and searches.
		line := regexp_replace(line, 'rows=([0-9]+)[.]00', 'rows=\1');
		CONTINUE WHEN line ~ 'Index Searches: 0';
		line := regexp_replace(line, 'cost=[0-9.]+ rows=[0-9]+ width=[0-9]+', 'cost=N rows=N width=N');
		RETURN NEXT line;
	END LOOP;
END
$$;
-- Which of the words that tell of others it says.
CREATE FUNCTION fx.told(command text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(DISTINCT word, ', ' ORDER BY word) FROM fx.explained(command) line,
		regexp_matches(line, '(cost|Cost|width|Width|Plan.Rows|Buffers|Hit.Blocks|Memory Usage|Memory: used|Index.Searches"?(?:: |>)(?=[1-9])|Heap.Blocks: [a-z]+|Removed[-" a-zA-Z]*(?:: |>)(?=[1-9])|Batches|Buckets)', 'g') m,
		LATERAL (SELECT m[1] AS word) w
$$;

-- Every way to ask, for each kind of role.
CREATE FUNCTION fx.ways() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	way text;
BEGIN
	FOREACH way IN ARRAY ARRAY[
		'EXPLAIN SELECT * FROM fx.parcels WHERE place = 3',
		'EXPLAIN ANALYZE SELECT * FROM fx.parcels WHERE place = 3',
		'EXPLAIN (ANALYZE, VERBOSE, COSTS, BUFFERS, WAL, SETTINGS, SUMMARY) SELECT * FROM fx.parcels WHERE weight < 900',
		'EXPLAIN (ANALYZE, BUFFERS, FORMAT json) SELECT * FROM fx.parcels WHERE label LIKE ''bob%''',
		'EXPLAIN (ANALYZE, BUFFERS, FORMAT yaml) SELECT * FROM fx.parcels WHERE label LIKE ''bob%''',
		'EXPLAIN (ANALYZE, BUFFERS, FORMAT xml) SELECT * FROM fx.parcels WHERE label LIKE ''bob%''',
		'EXPLAIN (ANALYZE, BUFFERS) EXECUTE asked(3)',
		'EXPLAIN EXECUTE asked(3)',
		'EXPLAIN EXECUTE over_view',
		'EXPLAIN CREATE TABLE fx.filled AS SELECT * FROM fx.parcels',
		'EXPLAIN ANALYZE CREATE TEMP TABLE filled AS EXECUTE asked(3)',
		'EXPLAIN ANALYZE DECLARE c CURSOR FOR SELECT * FROM fx.parcels',
		'EXPLAIN ANALYZE SELECT label, count(*) FROM fx.parcels GROUP BY label',
		'EXPLAIN ANALYZE SELECT * FROM fx.parcels a JOIN fx.parcels b USING (id)',
		'EXPLAIN ANALYZE SELECT * FROM fx.plain WHERE id IN (SELECT id FROM fx.parcels)',
		'EXPLAIN ANALYZE UPDATE fx.parcels SET weight = weight',
		'EXPLAIN ANALYZE DELETE FROM fx.parcels WHERE false',
		'EXPLAIN INSERT INTO fx.parcels (id) SELECT id FROM fx.plain',
		'EXPLAIN SELECT * FROM fx.parcels_view',
		'EXPLAIN SELECT * FROM fx.parcels_inlined()',
		'EXPLAIN SELECT (SELECT count(*) FROM fx.parcels)'
	] LOOP
		RETURN NEXT coalesce(fx.told(way), 'nothing') || ' <- ' || way;
		DROP TABLE IF EXISTS pg_temp.filled;
	END LOOP;
END
$$;
CREATE VIEW fx.parcels_view AS SELECT * FROM fx.parcels;
CREATE FUNCTION fx.parcels_inlined() RETURNS SETOF fx.parcels LANGUAGE sql STABLE AS 'SELECT * FROM fx.parcels';
GRANT SELECT ON fx.parcels_view TO fx_app;
SET client_min_messages = warning;
SET app.tenant_id = :'A';
PREPARE asked(int) AS SELECT * FROM fx.parcels WHERE place = $1;
PREPARE over_view AS SELECT * FROM fx.parcels_view;
SELECT split_part(way, ' <- ', 1) AS told, count(*) FROM fx.ways() way GROUP BY 1;
SET ROLE fx_app;
SELECT split_part(way, ' <- ', 1) AS told, count(*) FROM fx.ways() way GROUP BY 1;
-- A table of the same name that came later is not what a prepared statement reads.
SET search_path = fx;
CREATE TEMP TABLE warm ();
PREPARE hidden AS SELECT * FROM parcels WHERE place = 3;
PREPARE hidden_change AS DELETE FROM parcels WHERE place = 3;
CREATE TEMP TABLE parcels (place int);
SELECT fx.told('EXPLAIN ANALYZE EXECUTE hidden'), fx.told('EXPLAIN EXECUTE hidden_change');
DROP TABLE pg_temp.parcels;
DEALLOCATE hidden;
DEALLOCATE hidden_change;
RESET search_path;
RESET ROLE;


-- Row security off, the setting, and other tables show all.
SET row_security = off;
SELECT split_part(way, ' <- ', 1) = 'nothing' AS told_nothing, count(*) FROM fx.ways() way GROUP BY 1;
RESET row_security;
SET pg_tenant.hide_estimates = off;
SELECT split_part(way, ' <- ', 1) = 'nothing' AS told_nothing, count(*) FROM fx.ways() way GROUP BY 1;
SELECT replace(fx.told('EXPLAIN (ANALYZE, COSTS off, BUFFERS off) SELECT * FROM fx.parcels WHERE label LIKE ''bob%'''), 'Index Searches: , ', '') AS told;
RESET pg_tenant.hide_estimates;
SELECT * FROM fx.explained('EXPLAIN (ANALYZE, TIMING off, SUMMARY off, BUFFERS off) SELECT * FROM fx.plain WHERE id > 999');
SELECT fx.told('EXPLAIN SELECT length(p.proname) FROM pg_proc p');
SET ROLE fx_app;
SELECT fx.told('EXPLAIN (ANALYZE, BUFFERS off) SELECT * FROM fx.plain WHERE id > 999');
SET pg_tenant.hide_estimates = off;

-- What stays: own rows, and the shape of the plan.
SET enable_seqscan = off;
SET enable_indexscan = off;
SELECT * FROM fx.explained('EXPLAIN (ANALYZE, TIMING off) SELECT * FROM fx.parcels WHERE place < 300 AND label LIKE ''ann%''');
SELECT * FROM fx.explained('EXPLAIN (ANALYZE, TIMING off, SUMMARY off) SELECT * FROM fx.parcels WHERE place < 300 AND weight < 3');
RESET enable_indexscan;
SET enable_bitmapscan = off;
RESET ROLE;
DROP INDEX fx.parcels_tenant_id_idx;
SET row_security = off;
UPDATE fx.parcels SET label = label WHERE weight < 40;
RESET row_security;
SET ROLE fx_app;
SELECT * FROM fx.explained('EXPLAIN (ANALYZE, TIMING off, SUMMARY off) SELECT tenant_id, weight FROM fx.parcels WHERE weight BETWEEN 3 AND 60');
RESET enable_seqscan;
RESET enable_bitmapscan;
SET enable_nestloop = off;
SET enable_mergejoin = off;
SELECT * FROM fx.explained('EXPLAIN (ANALYZE, TIMING off, SUMMARY off) SELECT a.label, count(*) FROM fx.parcels a JOIN fx.parcels b USING (id) GROUP BY 1');
RESET enable_nestloop;
RESET enable_mergejoin;
-- A plan that planning prints.
SET debug_print_plan = on;
SELECT count(*) FROM fx.parcels;
SET client_min_messages = log;
SELECT count(*) FROM fx.parcels;
SELECT count(*) FROM fx.parcels_view;
RESET debug_print_plan;
RESET client_min_messages;
RESET ROLE;

-- Statistics of protected tables, of their indexes, and extended ones are hidden from every confined role, by every way to them.
CREATE MATERIALIZED VIEW fx.parcels_copied AS SELECT * FROM fx.parcels WITH NO DATA;
SET row_security = off;
REFRESH MATERIALIZED VIEW fx.parcels_copied;
ANALYZE fx.parcels_copied;
CREATE FUNCTION fx.statistics() RETURNS TABLE (way text, shown text) LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY SELECT 'pg_stats', string_agg(DISTINCT tablename::text, ',' ORDER BY tablename::text) FROM pg_stats WHERE schemaname = 'fx' AND tablename ~ '^(parcels|plain)';
	RETURN QUERY SELECT 'pg_stats_ext', string_agg(statistics_name::text, ',') FROM pg_stats_ext;
	RETURN QUERY SELECT 'cte', string_agg(DISTINCT s.c::text, ',') FROM (WITH c AS MATERIALIZED (SELECT * FROM pg_stats) SELECT tablename AS c FROM c WHERE tablename ~ '^parcels') s;
	IF NOT has_table_privilege('pg_statistic', 'SELECT') THEN
		RETURN;
	END IF;
	RETURN QUERY SELECT 'pg_statistic', string_agg(DISTINCT starelid::regclass::text, ',' ORDER BY starelid::regclass::text) FROM pg_statistic WHERE starelid::regclass::text ~ '^fx.(parcels|plain)';
	RETURN QUERY SELECT 'pg_statistic_ext_data', count(*)::text FROM pg_statistic_ext_data;
	RETURN QUERY SELECT 'mcv', count(m.*)::text FROM pg_statistic_ext_data, pg_mcv_list_items(stxdmcv) m WHERE m.frequency > 0;
	RETURN QUERY SELECT 'semi-join', count(*)::text FROM pg_class c WHERE relname ~ '^parcels' AND EXISTS (SELECT FROM pg_statistic WHERE starelid = c.oid);
END
$$;
SELECT way, shown <> '0' AS shown FROM fx.statistics();
RESET row_security;
SELECT * FROM fx.statistics();
COPY (SELECT count(*) FROM pg_statistic WHERE starelid = 'fx.parcels'::regclass) TO stdout;
COPY pg_statistic_ext_data TO stdout;
DELETE FROM pg_statistic WHERE starelid = 'fx.parcels'::regclass;
SET ROLE fx_owner;
SELECT * FROM fx.statistics();
SET ROLE fx_app;
SELECT * FROM fx.statistics();
RESET ROLE;
SET ROLE fx_owner;
SET app.tenant_id = '';
SELECT * FROM fx.statistics();
RESET ROLE;
-- ANALYZE and the planner use them all the same.
SET row_security = off;
SELECT count(*) > 0 AS shown FROM pg_stats WHERE tablename = 'parcels';
RESET row_security;
SET app.tenant_id = :'A';
