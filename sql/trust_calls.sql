-- Which calls are trusted: what the list says of a function, and the call's collation and arguments. A condition that
-- may run before the tenant's filter can use an index that knows nothing of tenants.
\set SHOW_CONTEXT never
\set A '11111111-1111-1111-1111-111111111111'
SET client_min_messages = warning;
CREATE SCHEMA tr AUTHORIZATION fx_owner;
CREATE EXTENSION citext SCHEMA tr;
CREATE EXTENSION pg_trgm SCHEMA tr;
CREATE EXTENSION hstore SCHEMA tr;
CREATE EXTENSION ltree SCHEMA tr;
CREATE EXTENSION intarray SCHEMA tr;
-- A superuser's functions: one that is leakproof but in SQL, one that is in the library but not in an extension.
CREATE FUNCTION tr.leakproof_in_sql(integer) RETURNS boolean LANGUAGE sql IMMUTABLE LEAKPROOF AS 'SELECT 1 / $1 > 0';
CREATE FUNCTION tr.similar(text, text) RETURNS real LANGUAGE c IMMUTABLE STRICT AS '$libdir/pg_trgm', 'similarity';
CREATE FUNCTION tr.take_out(function regprocedure) RETURNS void LANGUAGE sql SECURITY DEFINER AS 'SELECT tenant.distrust(function)';
CREATE FUNCTION tr.put_back(function regprocedure) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$SELECT tenant.trust(function, 'test')$$;
CREATE FUNCTION tr.choose(value text) RETURNS text LANGUAGE sql SECURITY DEFINER AS $$SELECT set_config('pg_tenant.trusted_operators', value, false)$$;
CREATE COLLATION tr.any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
SET SESSION AUTHORIZATION fx_owner;
CREATE TYPE tr.mood AS ENUM ('low', 'high');
CREATE TYPE tr.pair AS (a integer, b text);
CREATE TYPE tr.textrange AS RANGE (subtype = text);
CREATE TYPE tr.floatrange AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE TYPE tr.pairrange AS RANGE (subtype = tr.pair);
CREATE DOMAIN tr.moods AS tr.mood[];
CREATE FUNCTION tr.own(integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN true; END';
CREATE TABLE tr.t (tenant_id uuid, i integer, n numeric, t text, c character(9), a name, j jsonb, p jsonpath, v tsvector, mood tr.mood, ip inet,
	d date, ts timestamp, ints integer[], numerics numeric[], texts text[], moods tr.moods, pairs tr.pair[], points point[], boxes tr.moods[],
	ir int4range, nr numrange, tr tr.textrange, fr tr.floatrange, pr tr.pairrange, im int4multirange, pm tr.pairmultirange,
	pair tr.pair, ranges int4range[], nranges numrange[], ci tr.citext, h tr.hstore, l tr.ltree);
SELECT tenant.protect('tr.t');
DROP INDEX tr.t_tenant_id_idx;
-- A boolean index for the condition, and whether the plan uses it.
CREATE FUNCTION tr.is_trusted(condition text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	plan text := '';
	line text;
BEGIN
	EXECUTE format('CREATE INDEX probe ON tr.t ((%s))', condition);
	FOR line IN EXECUTE 'EXPLAIN (COSTS off) SELECT FROM tr.t WHERE ' || condition LOOP
		plan := plan || line;
	END LOOP;
	DROP INDEX tr.probe;
	RETURN plan LIKE '%Index%';
END
$$;
SET app.tenant_id = :'A';
SET enable_seqscan = off;
SET search_path = tr, pg_catalog;
SELECT condition, tr.is_trusted(condition) FROM unnest(ARRAY['i = 1', 'tr.own(i)', '1 / i = 1', 'leakproof_in_sql(i)', 'n > 1', 'n + 1 > 1', 'mood > ''low''',
	'd < ''2026-01-01''::timestamp', 'ip << ''10.0.0.0/8''', 'lower(t) = ''a''', 'length(t) > 3', 'substring(t, i) = ''a''']) condition;
-- Patterns, and collations under which they raise.
SELECT condition, tr.is_trusted(condition) FROM unnest(ARRAY['t LIKE ''a%''', 't NOT ILIKE ''a%''', 'c LIKE ''a%''', 'a LIKE ''a%''', 't ~ ''^a''', 'a !~* ''^a''', 't LIKE t',
	't LIKE ''a\''', 'ci LIKE ''A%''', 'ci ~ ''^A''', 't COLLATE any_case LIKE ''a%''', 't COLLATE any_case ILIKE ''a%''', 'lower(t COLLATE any_case) = ''a''']) condition;
SELECT condition, tr.is_trusted(condition) FROM unnest(ARRAY['v @@ ''a & b''::tsquery', 'to_tsvector(''english'', t) @@ ''a''::tsquery', 'j -> ''a'' = ''1''', 'j ->> ''a'' = ''1''',
	'j #>> ''{a,b}'' = ''1''', 'j ? ''a''', 'j @> ''{"a":1}''', 'j @@ ''$.a == 1''', 'j @? ''$.a ? (@ > 1)''', 'j @? p', 'j @? ''$.a.datetime("YYYY")''',
	'j @? ''$.a ? (@.datetime() < "2020-01-01".datetime())''', 'j @? ''$[$.a.double() to 2]''', 'j @@ ''$x == 1''', 'j @@ ''$.a like_regex "a"''', 'j @@ ANY (''{$.a}''::jsonpath[])', 'j @@ ''!($.a / 0 == 1)''',
	'(j ->> ''a'')::integer = 1']) condition;
-- Arrays and ranges are as trusted as what they are of.
SELECT condition, tr.is_trusted(condition) FROM unnest(ARRAY['numerics && ''{1}''', 'texts @> ''{a}''', 'texts = ''{a}''', 'moods && ''{low}''::mood[]', 'pairs = ''{}''', 'points = ''{}''',
	'boxes = ''{}''', 'ints OPERATOR(pg_catalog.&&) ''{1}''', 'ints && ''{1}''', 'array_length(pairs, 1) = 1', 'n = ANY (''{1,2}'')', 'texts COLLATE "C" < ''{a}''', 'ranges = ''{}''', 'nranges = ''{}''',
	'ir && ''[1,2)''', 'ir @> 1', '1 <@ ir', 'im @> ''[1,2)''::int4range', 'nr && ''[1,2)''', 'nr @> 1.0', 'tr && ''[a,b)''', 'fr && ''[1,2)''', 'pr = ''empty''', 'pm = ''{}''',
	'ir = ANY (''{empty}'')', 'nr = ANY (''{empty}'')', 'pair = ROW(1, ''a'')::pair', 'ROW(n, t) < ROW(1.0, ''a'')', 'ROW(i, pairs) < ROW(1, ''{}''::pair[])']) condition;
-- Extensions by the code that their functions run.
SELECT condition, tr.is_trusted(condition) FROM unnest(ARRAY['ci = ''a''', 'similarity(t, ''a'') > 0.5', 'word_similarity(t, ''a'') > 0.5', 'word_similarity(''a'', t) > 0.5',
	'word_similarity(t, t) > 0.5', 'similar(t, ''a'') > 0.5', 'h -> ''a'' = ''1''', 'h ? ''a''', 'h @> ''a=>1''',
	'l <@ ''a.b''', 'l ~ ''a.*''', 'l @ ''a''', 'l ? ''{a}''::lquery[]', 'subpath(l, 1) = ''a''']) condition;
SELECT length, (SELECT string_agg(filter || coalesce(', ' || kept_by, ''), ';') FROM tenant.explain_barrier(format('SELECT FROM tr.t WHERE t %%> %L', repeat('a', length))))
	FROM unnest(ARRAY[1024 * 1024 - 4, 1024 * 1024 - 3]) length;
-- Trust is withdrawn and given in the middle of a session: plans that are kept are made again.
CREATE INDEX t_n ON tr.t (n);
PREPARE above AS SELECT FROM tr.t WHERE n > 5;
EXPLAIN (COSTS off) EXECUTE above;
SELECT tr.take_out('numeric_gt(numeric,numeric)');
EXPLAIN (COSTS off) EXECUTE above;
-- However it is written: the planner makes one of the other. Operators that are no kin of it stay.
SELECT condition, tr.is_trusted(condition) FROM unnest(ARRAY['5 < n', 'NOT n <= 5', 'n = ANY (ARRAY[5, 6])', 't LIKE ''a%''']) condition;
EXPLAIN (COSTS off) SELECT FROM tr.t WHERE 5 < n;
SELECT tr.put_back('numeric_gt(numeric,numeric)');
EXPLAIN (COSTS off) EXECUTE above;
SELECT condition, tr.is_trusted(condition) FROM unnest(ARRAY['5 < n', 'NOT n <= 5']) condition;
BEGIN;
SELECT tr.take_out('numeric_gt(numeric,numeric)');
EXPLAIN (COSTS off) EXECUTE above;
ROLLBACK;
EXPLAIN (COSTS off) EXECUTE above;
SELECT tr.choose('off');
EXPLAIN (COSTS off) EXECUTE above;
SELECT tr.is_trusted('n > 1'), tr.is_trusted('j @@ ''$.a == 1'''), tr.is_trusted('i = 1');
SELECT tr.choose('builtin');
EXPLAIN (COSTS off) EXECUTE above;
-- What was trusted is not, once it is another function.
ALTER FUNCTION tr.own(integer) SET search_path = pg_catalog;
SELECT tr.put_back('tr.own(integer)');
SELECT tr.is_trusted('tr.own(i)');
CREATE OR REPLACE FUNCTION tr.own(integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog AS 'BEGIN RETURN $1 > 0; END';
SELECT tr.is_trusted('tr.own(i)');
SET pg_tenant.trusted_operators = off;
RESET SESSION AUTHORIZATION;
RESET search_path;
DELETE FROM tenant.operator_trust;
DROP SCHEMA tr CASCADE;
