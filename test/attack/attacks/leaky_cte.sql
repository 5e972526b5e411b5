-- The same in CTEs, inlined or not, recursive, and of commands that change rows.
WITH c AS (SELECT id, shop.peek(secret) AS told FROM shop.customers) SELECT id FROM c WHERE told;
WITH c AS (SELECT * FROM shop.customers) SELECT id FROM c WHERE shop.peek(secret);
WITH c AS MATERIALIZED (SELECT id, secret FROM shop.customers WHERE shop.peek(secret)) SELECT id FROM c;
WITH c AS NOT MATERIALIZED (SELECT * FROM shop.customers) SELECT a.id FROM c a JOIN c b USING (id) WHERE shop.peek(b.secret) AND shop.peek(a.name);
WITH a AS (SELECT * FROM shop.customers), b AS (SELECT id, name || secret AS n FROM a) SELECT id FROM b WHERE shop.peek(n);
WITH RECURSIVE r AS (SELECT id, secret FROM shop.customers WHERE id = 1 UNION ALL SELECT c.id, c.secret FROM shop.customers c JOIN r ON c.id = r.id + 1 AND shop.peek(c.secret)) SELECT count(*) FROM r;
WITH u AS (UPDATE shop.customers SET balance = balance WHERE shop.peek(secret) RETURNING id) SELECT count(*) FROM u;
WITH d AS (DELETE FROM shop.notes n USING shop.customers c WHERE c.id = n.id AND shop.peek(c.secret || n.body) RETURNING n.id) SELECT count(*) FROM d;
