-- A domain whose check reads tables, in casts, columns, arrays and function arguments.
CREATE FUNCTION play.read() RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE NOTICE ''%'', (SELECT string_agg(secret, '','') FROM shop.super_view); RETURN true; END';
CREATE DOMAIN play.reading AS text CHECK (play.read());
SELECT 'x'::play.reading, ARRAY['x']::play.reading[];
CREATE TEMP TABLE t (a play.reading);
INSERT INTO t VALUES ('x');
COPY t FROM STDIN;
x
\.
SELECT id FROM shop.customers WHERE secret::play.reading IS NOT NULL AND shop.peek(secret);
DROP TABLE t;
DROP DOMAIN play.reading;
DROP FUNCTION play.read;
