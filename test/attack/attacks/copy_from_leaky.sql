-- What conditions of COPY FROM can read.
COPY shop.spill FROM STDIN WHERE shop.peek((SELECT 1)) AND line <> '';
x
\.
CREATE FUNCTION pg_temp.f(text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE NOTICE ''%'', (SELECT string_agg(secret, '','') FROM shop.customers); RETURN true; END';
COPY shop.spill FROM STDIN WHERE pg_temp.f(line);
x
\.
COPY shop.customers (id) FROM STDIN WHERE pg_temp.f(name);
905
\.
