-- as: app owner superuser
-- Procedures and DO blocks that commit and roll back, in loops over protected tables.
CREATE PROCEDURE play.batches() LANGUAGE plpgsql AS $$DECLARE r record; n int := 0; BEGIN
	FOR r IN SELECT id FROM shop.customers ORDER BY id LOOP
		n := n + 1;
		UPDATE shop.customers SET balance = -r.id WHERE id = r.id;
		IF n % 2 = 0 THEN COMMIT; ELSE ROLLBACK; END IF;
	END LOOP; END$$;
CALL play.batches();
DO $$BEGIN UPDATE shop.items SET price = -1 WHERE id < 3; COMMIT; UPDATE shop.items SET price = -2; ROLLBACK; END$$;
SELECT 'control ok' FROM shop.customers WHERE balance < 0 HAVING count(*) = 10 AND (SELECT sum(price) FROM shop.items WHERE price < 0) = -2;
