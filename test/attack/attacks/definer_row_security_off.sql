-- as: app owner none
-- Functions that switch policies off for themselves: one's own, and a superuser's inside it.
CREATE FUNCTION pg_temp.f() RETURNS SETOF shop.customers LANGUAGE plpgsql SET row_security = off AS 'BEGIN RETURN QUERY TABLE shop.customers; END';
SELECT pg_temp.f();
CREATE FUNCTION pg_temp.g() RETURNS SETOF shop.customers LANGUAGE plpgsql SET row_security = off AS
	'BEGIN RETURN QUERY SELECT * FROM shop.super_view; RETURN QUERY SELECT * FROM shop.super_off(); END';
SELECT pg_temp.g();
