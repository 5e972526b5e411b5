-- Dynamic SQL in plpgsql, rows and records.
DO $$DECLARE r record; BEGIN FOR r IN EXECUTE 'SELECT * FROM shop.customers' LOOP RAISE NOTICE '%', r; END LOOP;
	FOR r IN SELECT * FROM shop.items LOOP RAISE NOTICE '%', r; END LOOP; END$$;
