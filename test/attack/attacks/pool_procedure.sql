-- as: app owner superuser
-- A procedure that commits while a cursor of another tenant is open: the loop's cursor is held.
CREATE PROCEDURE play.walk() LANGUAGE plpgsql AS $$DECLARE r record; BEGIN
	PERFORM set_config('app.tenant_id', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', true);
	FOR r IN SELECT * FROM shop.customers LOOP
		IF current_setting('app.tenant_id') LIKE 'a%' THEN RAISE NOTICE '%', r; END IF;
		COMMIT;
	END LOOP; END$$;
CALL play.walk();
DROP PROCEDURE play.walk;
