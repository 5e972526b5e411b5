-- as: app owner none
-- A function that switches policies off for itself.
CREATE FUNCTION pg_temp.f() RETURNS SETOF shop.customers LANGUAGE plpgsql SET row_security = off AS 'BEGIN RETURN QUERY TABLE shop.customers; END';
SELECT pg_temp.f();
