-- as: owner superuser
-- An exclusion constraint quotes the key of the row that is in the way.
CREATE FUNCTION play.span(name text, balance int) RETURNS int4range IMMUTABLE LANGUAGE sql AS
	$$SELECT CASE WHEN name = 'all' THEN int4range(1000, 2000000000) ELSE int4range(balance, balance, '[]') END$$;
ALTER TABLE shop.customers ADD EXCLUDE USING gist (play.span(name, balance) WITH &&);
INSERT INTO shop.customers (id, name) VALUES (500, 'all');
SELECT shop.super_dynamic($$INSERT INTO shop.customers (id, name) VALUES (500, 'all') RETURNING name$$);
DO $$
DECLARE detail text;
BEGIN
	INSERT INTO shop.customers (id, name) VALUES (500, 'all');
EXCEPTION WHEN exclusion_violation THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RAISE NOTICE '%', detail;
END$$;
