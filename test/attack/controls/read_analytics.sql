-- as: app owner superuser
-- Window functions, grouping sets, recursion, lateral joins, ordered aggregates.
WITH RECURSIVE chain AS (SELECT id, 1 AS depth FROM shop.lines WHERE parent IS NULL UNION ALL SELECT l.id, depth + 1 FROM chain JOIN shop.lines l ON l.parent = chain.id)
SELECT 'control ok' WHERE (SELECT max(depth) FROM chain) = 20
	AND (SELECT sum(r) FROM (SELECT row_number() OVER (PARTITION BY id % 2 ORDER BY id) AS r FROM shop.customers) w) = 110
	AND (SELECT count(*) FROM (SELECT id % 4, id % 2, count(*) FROM shop.customers GROUP BY CUBE (id % 4, id % 2)) g) = 11
	AND (SELECT string_agg(x.item, '' ORDER BY x.id) FROM shop.customers c, LATERAL (SELECT * FROM shop.orders o WHERE o.customer_id = c.id LIMIT 1) x WHERE c.id < 3) = 'mine-item-1mine-item-2'
	AND (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY balance) FROM shop.customers) = 110;
