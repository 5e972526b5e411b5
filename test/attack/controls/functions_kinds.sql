-- as: app owner superuser
-- Functions: inlined with parameters, OUT and TABLE, polymorphic, RETURN NEXT, aggregates and operators of one's own, BEGIN ATOMIC.
CREATE FUNCTION play.of(lowest int) RETURNS TABLE (id int, name text) LANGUAGE sql STABLE AS 'SELECT c.id, c.name FROM shop.customers c WHERE c.id >= lowest';
CREATE FUNCTION play.next(OUT n int) RETURNS SETOF int LANGUAGE plpgsql AS 'BEGIN FOR n IN SELECT c.id FROM shop.customers c LOOP RETURN NEXT; END LOOP; END';
CREATE FUNCTION play.atomic() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM shop.items; END;
CREATE AGGREGATE play.longest (text) (SFUNC = text_larger, STYPE = text);
CREATE OPERATOR play.=== (FUNCTION = texteq, LEFTARG = text, RIGHTARG = text);
SELECT 'control ok' WHERE (SELECT count(*) FROM play.of(11)) = 10 AND (SELECT sum(n) FROM play.next()) = 210 AND play.atomic() = 20
	AND (SELECT play.longest(name) FROM shop.customers) = 'mine-name-9' AND (SELECT count(*) FROM shop.customers WHERE name OPERATOR(play.===) 'mine-name-3') = 1;
