-- Nodes that keep rows: Memoize, hashed sub-plans, materialized nodes, incremental sorts, recursion.
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SELECT g, c.* FROM generate_series(1, 99) g JOIN shop.customers c ON c.id = g % 40;
SELECT * FROM shop.countries WHERE name NOT IN (SELECT name FROM shop.super_view WHERE shop.peek(secret));
WITH RECURSIVE r AS (SELECT id, parent, text FROM shop.lines WHERE parent IS NULL UNION SELECT l.id, l.parent, l.text FROM r JOIN shop.lines l ON l.parent = r.id)
	SELECT * FROM r;
SELECT * FROM (SELECT * FROM shop.lines ORDER BY tenant_id LIMIT 50) l ORDER BY tenant_id DESC, text;
SELECT loud FROM shop.lines WHERE loud LIKE '%OTHER%';
