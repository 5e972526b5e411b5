-- as: app owner superuser
-- A cursor that a function with a tenant of its own leaves open.
BEGIN;
CREATE FUNCTION pg_temp.f() RETURNS refcursor LANGUAGE plpgsql SET app.tenant_id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb' AS
	$$DECLARE c refcursor := 'open'; BEGIN OPEN c FOR SELECT * FROM shop.customers; RETURN c; END$$;
SELECT pg_temp.f();
FETCH ALL FROM open;
ROLLBACK;
