-- The selectivity of a join asks the operator about the common values of both sides, also where a sub-select becomes the join.
CREATE FUNCTION play.told(a text, b text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE COST 0.0000001 AS $$BEGIN RAISE NOTICE 'told % %', a, b; RETURN false; END$$;
CREATE OPERATOR play.=== (FUNCTION = play.told, LEFTARG = text, RIGHTARG = text, RESTRICT = eqsel, JOIN = eqjoinsel);
CREATE TEMP TABLE words AS SELECT 'x' || g / 10 AS word, g % 3 AS n FROM generate_series(1, 100) g;
ANALYZE words;
EXPLAIN (COSTS off) SELECT word FROM words JOIN shop.customers ON word OPERATOR(play.===) secret;
EXPLAIN (COSTS off) SELECT word FROM words WHERE word OPERATOR(play.===) ANY (SELECT secret FROM shop.customers);
EXPLAIN (COSTS off) SELECT word FROM words WHERE word OPERATOR(play.===) ANY (SELECT secret FROM shop.super_view WHERE balance > 0);
EXPLAIN (COSTS off) SELECT word FROM words WHERE word OPERATOR(play.===) SOME (SELECT s.a FROM (SELECT secret AS a FROM shop.customers) s);
EXPLAIN (COSTS off) SELECT word FROM words WHERE (word OPERATOR(play.===) ANY (WITH c AS (SELECT secret FROM shop.customers) SELECT secret FROM c)) AND n > 0;
EXPLAIN (COSTS off) SELECT word FROM words WHERE EXISTS (SELECT FROM shop.customers WHERE secret OPERATOR(play.===) word);
EXPLAIN (COSTS off) SELECT word FROM words WHERE NOT EXISTS (SELECT FROM shop.customers WHERE word OPERATOR(play.===) secret);
EXPLAIN (COSTS off) SELECT word FROM words LEFT JOIN shop.customers ON secret OPERATOR(play.===) word WHERE secret IS NULL;
EXPLAIN (COSTS off) SELECT word FROM words, LATERAL (SELECT id FROM shop.customers WHERE secret OPERATOR(play.===) word) l;
EXPLAIN (COSTS off) SELECT word FROM words, (SELECT secret AS a FROM shop.customers UNION ALL SELECT item FROM shop.orders) u WHERE a OPERATOR(play.===) word;
EXPLAIN (COSTS off) DELETE FROM words WHERE word OPERATOR(play.===) ANY (SELECT secret FROM shop.customers);
EXPLAIN (COSTS off) SELECT word FROM words JOIN shop.orders_2026 ON word OPERATOR(play.===) item;
SELECT word FROM words WHERE word OPERATOR(play.===) ANY (SELECT secret FROM shop.customers) \g /dev/null
SET plan_cache_mode = force_generic_plan;
PREPARE q AS SELECT word FROM words WHERE word OPERATOR(play.===) ANY (SELECT secret FROM shop.customers);
EXECUTE q \g /dev/null
DROP OPERATOR play.=== (text, text);
DROP FUNCTION play.told;
