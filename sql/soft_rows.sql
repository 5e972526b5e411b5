-- Soft-deleted rows are hidden from every query of every role, and seen where they are asked for.
\set SHOW_CONTEXT never
\set A '11111111-1111-1111-1111-111111111111'
\set B '22222222-2222-2222-2222-222222222222'
CREATE SCHEMA soft AUTHORIZATION fx_owner;
GRANT USAGE ON SCHEMA soft TO fx_app, fx_bypass;
SET SESSION AUTHORIZATION fx_owner;
CREATE TABLE soft.posts (tenant_id uuid, id int, title text, score int, PRIMARY KEY (tenant_id, id));
CREATE TABLE soft.places (id int PRIMARY KEY, name text, removed timestamptz);
CREATE TABLE soft.logs (tenant_id uuid, id int, part int, line text) PARTITION BY LIST (part);
CREATE TABLE soft.logs_1 PARTITION OF soft.logs FOR VALUES IN (1);
CREATE TABLE soft.logs_2 (line text, part int, id int, tenant_id uuid);
ALTER TABLE soft.logs ATTACH PARTITION soft.logs_2 FOR VALUES IN (2);
CREATE TABLE soft.parents (tenant_id uuid, id int);
CREATE TABLE soft.children (extra text) INHERITS (soft.parents);
SELECT tenant.protect('soft.posts'), tenant.protect('soft.logs'), tenant.protect('soft.parents'), tenant.share('soft.places');
SELECT tenant.enable_soft_delete('soft.posts', deleted_by => 'deleted_by');
SELECT tenant.enable_soft_delete('soft.places', 'removed');
SELECT tenant.enable_soft_delete('soft.logs'), tenant.enable_soft_delete('soft.parents');
-- What comes later has it too.
CREATE TABLE soft.logs_3 PARTITION OF soft.logs FOR VALUES IN (3);
CREATE TABLE soft.grandchildren () INHERITS (soft.children);
SELECT * FROM tenant.soft_deleted_tables WHERE tbl::text LIKE 'soft.%' ORDER BY tbl::text;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA soft TO fx_app, fx_bypass;
RESET SESSION AUTHORIZATION;
SET row_security = off;
INSERT INTO soft.posts SELECT t, i, 'post ' || i, i * 10 FROM unnest(ARRAY[:'A', :'B']::uuid[]) t, generate_series(1, 4) i;
INSERT INTO soft.logs SELECT t, i, i % 3 + 1, 'line ' || i FROM unnest(ARRAY[:'A', :'B']::uuid[]) t, generate_series(1, 6) i;
INSERT INTO soft.parents SELECT t, i FROM unnest(ARRAY[:'A', :'B']::uuid[]) t, generate_series(1, 2) i;
INSERT INTO soft.children SELECT t, i FROM unnest(ARRAY[:'A', :'B']::uuid[]) t, generate_series(11, 12) i;
INSERT INTO soft.grandchildren SELECT t, i FROM unnest(ARRAY[:'A', :'B']::uuid[]) t, generate_series(21, 22) i;
RESET row_security;
INSERT INTO soft.places VALUES (1, 'Graz'), (2, 'Linz'), (3, 'Wels');
ANALYZE soft.posts, soft.places;

SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
DELETE FROM soft.posts WHERE id IN (2, 3);
DELETE FROM soft.places WHERE id = 2;
DELETE FROM soft.logs WHERE id IN (1, 2);
DELETE FROM soft.parents WHERE id IN (2, 12, 22);
RESET SESSION AUTHORIZATION;

-- Every form, by each role, with each setting.
CREATE VIEW soft.titles AS SELECT id, title FROM soft.posts;
CREATE VIEW soft.own_titles WITH (security_invoker) AS SELECT id, title FROM soft.posts;
CREATE FUNCTION soft.inlined() RETURNS SETOF int LANGUAGE sql STABLE AS 'SELECT id FROM soft.posts';
CREATE FUNCTION soft.places_inlined() RETURNS SETOF int LANGUAGE sql STABLE AS 'SELECT id FROM soft.places';
CREATE FUNCTION soft.definer() RETURNS SETOF int LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT id FROM soft.posts';
CREATE FUNCTION soft.looped() RETURNS text LANGUAGE plpgsql AS $$
DECLARE found text := ''; row record;
BEGIN FOR row IN SELECT id FROM soft.posts ORDER BY id LOOP found := found || row.id; END LOOP; RETURN found; END $$;
GRANT SELECT ON soft.titles, soft.own_titles TO PUBLIC;
CREATE FUNCTION soft.forms() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	form text;
	result text;
BEGIN
	FOREACH form IN ARRAY ARRAY[
		'SELECT string_agg(id::text, '' '' ORDER BY id) FROM soft.posts',
		'SELECT string_agg(id::text, '' '' ORDER BY id) FROM soft.places',
		'SELECT string_agg(id::text, '' '' ORDER BY id) FROM soft.logs',
		'SELECT string_agg(id::text, '' '' ORDER BY id) FROM soft.logs_2',
		'SELECT string_agg(id::text, '' '' ORDER BY id) FROM soft.parents',
		'SELECT string_agg(id::text, '' '' ORDER BY id) FROM ONLY soft.parents',
		'SELECT string_agg(id::text, '' '' ORDER BY id) FROM soft.children',
		'SELECT string_agg(id::text, '' '' ORDER BY id) FROM soft.titles',
		'SELECT string_agg(id::text, '' '' ORDER BY id) FROM soft.own_titles',
		'SELECT string_agg(i::text, '' '' ORDER BY i) FROM soft.inlined() i',
		'SELECT string_agg(i::text, '' '' ORDER BY i) FROM soft.places_inlined() i',
		'SELECT string_agg(i::text, '' '' ORDER BY i) FROM soft.definer() i',
		'SELECT soft.looped()',
		'SELECT string_agg(i || '':'' || coalesce(p.title, ''-''), '' '' ORDER BY i) FROM generate_series(1, 4) i LEFT JOIN soft.posts p ON p.id = i',
		'SELECT string_agg(l.id || '':'' || coalesce(p.name, ''-''), '' '' ORDER BY l.id) FROM soft.posts l FULL JOIN soft.places p ON p.id = l.id',
		'SELECT string_agg(i::text, '' '' ORDER BY i) FROM generate_series(1, 4) i WHERE NOT EXISTS (SELECT FROM soft.posts WHERE id = i)',
		'SELECT (SELECT max(score) FROM soft.posts)',
		'WITH c AS MATERIALIZED (SELECT * FROM soft.posts) SELECT count(*) FROM c JOIN c d USING (id)',
		'SELECT count(*) FROM (SELECT FROM soft.posts UNION ALL SELECT FROM soft.places) u',
		'SELECT string_agg(p.title, '' '' ORDER BY p.id) FROM soft.places l, LATERAL (SELECT * FROM soft.posts WHERE id = l.id) p'
	] LOOP
		EXECUTE form INTO result;
		RETURN NEXT coalesce(result, '(none)');
	END LOOP;
END
$$;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA soft TO PUBLIC;
SET app.tenant_id = :'A';
CREATE TEMP TABLE answers AS SELECT NULL::text AS sight, 0::bigint AS n, ''::text AS answer WHERE false;
GRANT ALL ON answers TO PUBLIC;
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
INSERT INTO answers SELECT 'off', row_number() OVER (), f FROM soft.forms() f;
SET app.include_deleted = on;
INSERT INTO answers SELECT 'on', row_number() OVER (), f FROM soft.forms() f;
SET app.include_deleted = alone;
INSERT INTO answers SELECT 'alone', row_number() OVER (), f FROM soft.forms() f;
SELECT n, max(answer) FILTER (WHERE sight = 'off') AS off, max(answer) FILTER (WHERE sight = 'on') AS "on",
	max(answer) FILTER (WHERE sight = 'alone') AS alone FROM answers GROUP BY n ORDER BY n;
RESET app.include_deleted;

-- Other roles see the same.
CREATE FUNCTION pg_temp.differences() RETURNS TABLE (sight text, n bigint, answer text, expected text) LANGUAGE plpgsql AS $$
BEGIN
	FOREACH sight IN ARRAY ARRAY['off', 'on', 'alone'] LOOP
		PERFORM set_config('app.include_deleted', sight, false);
		RETURN QUERY SELECT a.sight, a.n, s.f, a.answer FROM (SELECT row_number() OVER () AS n, f FROM soft.forms() f) s
			JOIN answers a USING (n) WHERE a.sight = differences.sight AND s.f <> a.answer;
	END LOOP;
	PERFORM set_config('app.include_deleted', 'off', false);
END $$;
SELECT * FROM pg_temp.differences();
RESET SESSION AUTHORIZATION;
SET app.tenant_id = :'A';
SELECT * FROM pg_temp.differences();
SET SESSION AUTHORIZATION fx_owner;
SET app.tenant_id = :'A';
SELECT * FROM pg_temp.differences();
SET SESSION AUTHORIZATION fx_bypass;
SET app.tenant_id = :'A';
SELECT * FROM pg_temp.differences();
RESET SESSION AUTHORIZATION;

-- COPY, prepared statements of both kinds, cursors.
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
COPY soft.posts (id) TO STDOUT;
COPY soft.places (id) TO STDOUT;
COPY (SELECT id FROM soft.places) TO STDOUT;
SET app.include_deleted = alone;
COPY soft.places (id) TO STDOUT;
COPY soft.posts (id) TO STDOUT;
RESET app.include_deleted;
SET plan_cache_mode = force_generic_plan;
PREPARE by_score(int) AS SELECT string_agg(id::text, ' ' ORDER BY id) FROM soft.posts WHERE score >= $1;
EXECUTE by_score(20);
SET app.include_deleted = on;
EXECUTE by_score(20);
SET app.include_deleted = alone;
EXECUTE by_score(20);
RESET app.include_deleted;
EXECUTE by_score(20);
SELECT generic_plans FROM pg_prepared_statements WHERE name = 'by_score';
SET plan_cache_mode = force_custom_plan;
EXECUTE by_score(20);
SET app.include_deleted = on;
EXECUTE by_score(20);
RESET app.include_deleted;
RESET plan_cache_mode;
-- A plan that can be used again has the others in it: a switch makes no new one.
PREPARE scores(int) AS SELECT count(*) FROM soft.posts WHERE score >= $1;
EXPLAIN (COSTS OFF) EXECUTE scores(20);
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE scores(20);
SET app.include_deleted = alone;
EXPLAIN (COSTS OFF) EXECUTE scores(20);
RESET plan_cache_mode;
BEGIN;
DECLARE deleted SCROLL CURSOR FOR SELECT id FROM soft.posts ORDER BY id;
SET LOCAL app.include_deleted = off;
FETCH ALL FROM deleted;
FETCH BACKWARD ALL FROM deleted;
ROLLBACK;
-- A cursor without SCROLL may go back where its plan can, whichever that is.
BEGIN;
SET LOCAL app.include_deleted = on;
DECLARE deleted CURSOR FOR SELECT id FROM soft.posts ORDER BY id;
FETCH ALL FROM deleted;
FETCH BACKWARD 2 FROM deleted;
ROLLBACK;
RESET app.include_deleted;
-- One sight for a statement: what it calls may set another.
SELECT id, set_config('app.include_deleted', 'on', true) FROM soft.posts ORDER BY id;
SHOW app.include_deleted;
RESET SESSION AUTHORIZATION;

-- Under row_security = off everything is seen: a dump has the deleted rows too.
SET row_security = off;
SELECT count(*) FROM soft.posts;
SELECT count(*) FROM soft.places;
COPY soft.places (id) TO STDOUT;
SET SESSION AUTHORIZATION fx_app;
SELECT count(*) FROM soft.places;
SELECT count(*) FROM soft.posts;
RESET row_security;
RESET SESSION AUTHORIZATION;
-- A session that nothing confines sees live rows of all tenants.
SET pg_tenant.confine_bypass_roles = off;
SELECT count(*) FROM soft.posts;
COPY soft.places (id) TO STDOUT;
SELECT count(*) FROM soft.inlined();
RESET pg_tenant.confine_bypass_roles;

-- An index over live rows serves.
CREATE INDEX live_titles ON soft.posts (tenant_id, title) WHERE deleted_at IS NULL;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET app.tenant_id = :'A';
PREPARE by_title(text) AS SELECT id FROM soft.posts WHERE title = $1;
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE by_title('post 1');
EXECUTE by_title('post 2');
SET app.include_deleted = on;
EXECUTE by_title('post 2');
RESET app.include_deleted;
RESET plan_cache_mode;
RESET enable_seqscan;
RESET enable_bitmapscan;

-- Workers hide them too.
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET parallel_leader_participation = off;
ALTER TABLE soft.posts SET (parallel_workers = 2);
PREPARE counted AS SELECT count(*) FROM soft.posts;
EXPLAIN (COSTS OFF) EXECUTE counted;
EXECUTE counted;
SET app.include_deleted = alone;
EXECUTE counted;
RESET app.include_deleted;
RESET parallel_leader_participation;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
DEALLOCATE ALL;
-- A renamed column is followed.
SET SESSION AUTHORIZATION fx_owner;
ALTER TABLE soft.places RENAME removed TO gone;
ALTER TABLE soft.places DROP gone;
RESET SESSION AUTHORIZATION;
SELECT id FROM soft.places ORDER BY id;
SELECT * FROM tenant.soft_deleted_tables WHERE tbl = 'soft.places'::regclass;
