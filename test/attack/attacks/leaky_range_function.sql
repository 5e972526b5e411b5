-- ROWS FROM, TABLESAMPLE arguments, LIMIT and window frames call functions too.
CREATE FUNCTION pg_temp.names() RETURNS SETOF text LANGUAGE plpgsql AS 'BEGIN RETURN QUERY SELECT secret FROM shop.super_view; END';
SELECT * FROM ROWS FROM (pg_temp.names(), generate_series(1, 2)) WITH ORDINALITY;
SELECT id FROM shop.customers TABLESAMPLE bernoulli ((SELECT count(*) FROM pg_temp.names()));
SELECT id FROM shop.customers LIMIT (SELECT length(string_agg(n, ',')) FROM pg_temp.names() n WHERE shop.peek(n));
SELECT sum(id) OVER (ORDER BY id ROWS (SELECT count(*) FROM shop.super_view WHERE shop.peek(secret)) PRECEDING) FROM shop.countries, shop.customers;
