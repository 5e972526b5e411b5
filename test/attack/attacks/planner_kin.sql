-- Operators of a harmless function, whose negator and commutator tell: the planner puts those in their place.
CREATE FUNCTION pg_temp.tell(a text, b text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS 'BEGIN RAISE NOTICE ''told % %'', a, b; RETURN true; END';
CREATE OPERATOR play.!<> (FUNCTION = textne, LEFTARG = text, RIGHTARG = text, NEGATOR = OPERATOR(play.!=!), RESTRICT = neqsel);
CREATE OPERATOR play.!=! (FUNCTION = pg_temp.tell, LEFTARG = text, RIGHTARG = text, NEGATOR = OPERATOR(play.!<>));
CREATE OPERATOR play.!< (FUNCTION = text_lt, LEFTARG = text, RIGHTARG = text, COMMUTATOR = OPERATOR(play.!>), RESTRICT = scalarltsel);
CREATE OPERATOR play.!> (FUNCTION = pg_temp.tell, LEFTARG = text, RIGHTARG = text, COMMUTATOR = OPERATOR(play.!<));
SELECT id FROM shop.customers WHERE NOT name OPERATOR(play.!<>) 'x';
SELECT id FROM shop.customers WHERE NOT name OPERATOR(play.!<>) ALL ('{x,y}');
SELECT id FROM shop.customers WHERE NOT secret OPERATOR(play.!<>) 'x' AND id > 0;
EXPLAIN SELECT id FROM shop.customers WHERE name OPERATOR(play.!<>) 'x';
EXPLAIN SELECT id FROM shop.customers WHERE 'x' OPERATOR(play.!<) name;
EXPLAIN SELECT id FROM shop.orders WHERE 'x' OPERATOR(play.!<) item;
