-- An aggregate of one's own.
CREATE FUNCTION pg_temp.step(a text, b text) RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE NOTICE ''%'', b; RETURN b; END';
CREATE AGGREGATE pg_temp.spy (text) (SFUNC = pg_temp.step, STYPE = text);
SELECT pg_temp.spy(name) FROM shop.customers;
SELECT pg_temp.spy(item) OVER (ORDER BY id DESC) FROM shop.orders;
