-- as: superuser
-- Arrays, ranges, multiranges and composites compare by functions of their parts' types, which need not be trusted.
CREATE TYPE play.pairs AS RANGE (SUBTYPE = shop.pair, SUBTYPE_OPCLASS = shop.pair_ops);
CREATE TYPE play.holder AS (p shop.pair);
SET row_security = off;
SET client_min_messages = error;
ALTER TABLE shop.customers ADD pair shop.pair, ADD list shop.pair[], ADD span play.pairs, ADD spans play.pairs_multirange, ADD held play.holder;
UPDATE shop.customers SET pair = ROW(secret, 1), list = ARRAY[ROW(secret, 1)::shop.pair], span = play.pairs(ROW(secret, 1)::shop.pair, NULL),
	spans = play.pairs_multirange(play.pairs(ROW(secret, 1)::shop.pair, NULL)), held = ROW(ROW(secret, 1)::shop.pair);
ANALYZE shop.customers;
RESET client_min_messages;
RESET row_security;
GRANT USAGE ON SCHEMA play TO attack_app;
SET ROLE attack_app;
SET search_path = shop, play, pg_catalog;
SELECT id FROM shop.customers WHERE pair > ROW('x', 1)::shop.pair;
SELECT id FROM shop.customers WHERE list = ARRAY[ROW('x', 1)::shop.pair];
SELECT id FROM shop.customers WHERE list && ARRAY[ROW('x', 1)::shop.pair];
SELECT id FROM shop.customers WHERE list @> ARRAY[ROW('x', 1)::shop.pair] OR ROW('x', 1)::shop.pair = ANY (list);
SELECT id FROM shop.customers WHERE array_position(list, ROW('x', 1)::shop.pair) > 0;
SELECT id FROM shop.customers WHERE list < ARRAY[ROW('x', 1)::shop.pair];
SELECT id FROM shop.customers WHERE span @> ROW('x', 1)::shop.pair;
SELECT id FROM shop.customers WHERE span && play.pairs(ROW('x', 1)::shop.pair, NULL);
SELECT id FROM shop.customers WHERE span = play.pairs(ROW('x', 1)::shop.pair, NULL);
SELECT id FROM shop.customers WHERE spans @> ROW('x', 1)::shop.pair;
SELECT id FROM shop.customers WHERE spans && play.pairs(ROW('x', 1)::shop.pair, NULL);
SELECT id FROM shop.customers WHERE held = ROW(ROW('x', 1)::shop.pair)::play.holder;
SELECT id FROM shop.customers WHERE greatest(pair, ROW('x', 1)::shop.pair) IS NULL;
SELECT id FROM shop.customers WHERE ROW(pair) IS NOT DISTINCT FROM ROW(ROW('x', 1)::shop.pair);
EXPLAIN (COSTS off) SELECT id FROM shop.customers WHERE list @> ARRAY[ROW('x', 1)::shop.pair];
EXPLAIN (COSTS off) SELECT id FROM shop.customers WHERE span @> ROW('x', 1)::shop.pair;
EXPLAIN (COSTS off) SELECT id FROM shop.customers WHERE list = ARRAY[ROW('x', 1)::shop.pair];
SELECT a.id FROM shop.customers a JOIN shop.customers b ON a.list = b.list AND a.id <> b.id LIMIT 1 \g /dev/null
RESET ROLE;
SET client_min_messages = error;
SET row_security = off;
ALTER TABLE shop.customers DROP pair, DROP list, DROP span, DROP spans, DROP held;
