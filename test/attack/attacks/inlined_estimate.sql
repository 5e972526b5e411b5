-- The selectivity of a condition on a function's result, which is put in its place: planned for a bypass role it has no filter yet.
CREATE FUNCTION play.told(a text, b text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE COST 0.0000001 AS $$BEGIN RAISE NOTICE 'told % %', a, b; RETURN true; END$$;
CREATE OPERATOR play.=== (FUNCTION = play.told, LEFTARG = text, RIGHTARG = text, RESTRICT = eqsel, JOIN = eqjoinsel);
CREATE TEMP TABLE words AS SELECT 'x' || g / 10 AS word FROM generate_series(1, 100) g;
ANALYZE words;
EXPLAIN (COSTS off) SELECT id FROM shop.inlined() WHERE secret OPERATOR(play.===) 'x';
EXPLAIN (COSTS off) SELECT word FROM words JOIN shop.inlined() ON word OPERATOR(play.===) secret;
SELECT id FROM shop.inlined() WHERE secret OPERATOR(play.===) 'x' AND id > 100;
-- The same for everybody with what policies do not cover.
CREATE FUNCTION pg_temp.copied() RETURNS SETOF shop.copies LANGUAGE sql STABLE AS 'SELECT * FROM shop.copies';
EXPLAIN (COSTS off) SELECT id FROM pg_temp.copied() WHERE secret OPERATOR(play.===) 'x';
EXPLAIN (COSTS off) SELECT word FROM words JOIN pg_temp.copied() ON word OPERATOR(play.===) secret;
SELECT shop.differ($$EXPLAIN SELECT id FROM pg_temp.copied() WHERE secret LIKE '%SOUGHT%\'$$);
SELECT shop.differ($$EXPLAIN SELECT id FROM shop.inlined() WHERE secret LIKE '%SOUGHT%\'$$);
SELECT shop.differ($$SELECT id FROM shop.inlined() WHERE name LIKE '%SOUGHT-name-1%\'$$);
DROP OPERATOR play.=== (text, text);
DROP FUNCTION play.told;
