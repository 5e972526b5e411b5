-- as: app owner superuser
-- Sub-transactions in plpgsql: what fails is undone, the tenant is the one before.
DO $$DECLARE n int := 0; BEGIN FOR g IN 15..25 LOOP
		BEGIN INSERT INTO shop.customers (id, name) VALUES (g, 'loop'); n := n + 1;
		EXCEPTION WHEN unique_violation THEN UPDATE shop.customers SET name = 'there' WHERE id = g; END;
	END LOOP;
	BEGIN PERFORM set_config('app.tenant_id', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', true); RAISE 'undo'; EXCEPTION WHEN raise_exception THEN NULL; END;
	IF n <> 5 THEN RAISE 'wrong'; END IF; END$$;
SELECT 'control ok' FROM shop.customers HAVING count(*) FILTER (WHERE name = 'loop') = 5 AND count(*) FILTER (WHERE name = 'there') = 6;
