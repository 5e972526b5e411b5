-- The same through views and inlined functions (CVE-2025-8713).
CREATE FUNCTION pg_temp.told(a text, b text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS 'BEGIN RAISE NOTICE ''told % %'', a, b; RETURN true; END';
CREATE OPERATOR play.=== (FUNCTION = pg_temp.told, LEFTARG = text, RIGHTARG = text, RESTRICT = eqsel);
EXPLAIN (COSTS off) SELECT id FROM shop.owner_view WHERE name OPERATOR(play.===) 'x';
EXPLAIN (COSTS off) SELECT id FROM shop.super_view WHERE secret OPERATOR(play.===) 'x';
EXPLAIN (COSTS off) SELECT id FROM shop.super_orders WHERE item OPERATOR(play.===) 'x';
EXPLAIN (COSTS off) SELECT id FROM shop.inlined() WHERE name OPERATOR(play.===) 'x';
EXPLAIN (COSTS off) UPDATE shop.customers SET id = 1 WHERE secret OPERATOR(play.===) 'x';
EXPLAIN (COSTS off) DELETE FROM shop.notes WHERE body OPERATOR(play.===) 'x';
