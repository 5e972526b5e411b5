-- The same with the selectivity of <, which walks the histogram.
CREATE FUNCTION pg_temp.below(a text, b text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS 'BEGIN RAISE NOTICE ''told % %'', a, b; RETURN true; END';
CREATE OPERATOR play.<<< (FUNCTION = pg_temp.below, LEFTARG = text, RIGHTARG = text, RESTRICT = scalarltsel);
EXPLAIN (COSTS off) SELECT id FROM shop.customers WHERE name OPERATOR(play.<<<) 'x';
EXPLAIN (COSTS off) SELECT id FROM shop.customers WHERE secret OPERATOR(play.<<<) 'x';
EXPLAIN (COSTS off) SELECT id FROM shop.orders_2026 WHERE item OPERATOR(play.<<<) 'x';
EXPLAIN (COSTS off) SELECT id FROM shop.urgent_notes WHERE deadline OPERATOR(play.<<<) 'x';
