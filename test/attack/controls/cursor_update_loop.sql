-- as: app owner superuser
-- plpgsql: loops over cursors, with parameters, rows changed by WHERE CURRENT OF.
DO $$DECLARE c CURSOR (least int) FOR SELECT * FROM shop.items WHERE id >= least ORDER BY id FOR UPDATE; r record; BEGIN
	FOR r IN c (11) LOOP UPDATE shop.items SET price = -r.id WHERE CURRENT OF c; END LOOP; END$$;
SELECT 'control ok' FROM shop.items WHERE price < 0 HAVING count(*) = 10 AND sum(price) = -155;
