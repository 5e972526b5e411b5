-- as: app owner superuser
-- Loops, exceptions and dynamic SQL.
DO $$DECLARE n int := 0; r record; BEGIN FOR r IN SELECT * FROM shop.customers LOOP n := n + 1; END LOOP;
	BEGIN INSERT INTO shop.customers (id) VALUES (1); EXCEPTION WHEN unique_violation THEN n := n + 100; END;
	EXECUTE 'SELECT $1 + count(*) FROM shop.items' INTO n USING n; PERFORM set_config('play.n', n::text, false); END$$;
SELECT 'control ok' WHERE current_setting('play.n') = '140';
