-- as: app owner superuser
-- A function that runs for each row switches, reads and comes back, or does not: the scan around it goes on with its own tenant's keys.
CREATE FUNCTION pg_temp.visit(n int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE seen bigint;
BEGIN
	PERFORM set_config('app.tenant_id', CASE n % 3 WHEN 0 THEN 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb' WHEN 1 THEN 'cccccccc-cccc-4ccc-8ccc-cccccccccccc' ELSE 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' END, false);
	SELECT count(*) INTO seen FROM shop.customers c JOIN shop.orders o ON o.id = c.id WHERE c.id > 2;
	RETURN 'seen';
END$$;
SET enable_seqscan = off;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SELECT name, pg_temp.visit(id) FROM shop.customers WHERE id > 0;
SET app.tenant_id = :'me';
SELECT c.name, o.item FROM shop.customers c JOIN shop.orders o ON o.id = c.id AND pg_temp.visit(o.id + c.id) = 'seen';
SET app.tenant_id = :'me';
SELECT c.name, l.item FROM shop.customers c, LATERAL (SELECT item FROM shop.orders o WHERE o.id > c.id - 2 AND pg_temp.visit(o.id) = 'seen' ORDER BY o.id LIMIT 3) l;
SET app.tenant_id = :'me';
SELECT a.entry, pg_temp.visit(a.id), (SELECT string_agg(b.entry, ',') FROM shop.ledger b WHERE b.id = a.id) FROM shop.ledger a;
SET app.tenant_id = :'me';
UPDATE shop.customers SET balance = length(pg_temp.visit(id)) RETURNING name;
SET app.tenant_id = :'me';
WITH RECURSIVE r AS (SELECT id, name FROM shop.customers WHERE id = 1 UNION ALL SELECT c.id, c.name FROM r JOIN shop.customers c ON c.id = r.id + 1 WHERE pg_temp.visit(r.id) = 'seen') SELECT * FROM r;
SET app.tenant_id = :'me';
SET plan_cache_mode = force_generic_plan;
PREPARE q (int) AS SELECT c.name, o.item, pg_temp.visit(c.id) FROM shop.customers c JOIN shop.orders o ON o.id = c.id WHERE c.id > $1;
EXECUTE q (0);
SET app.tenant_id = :'me';
EXECUTE q (0);
