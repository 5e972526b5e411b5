-- ON CONFLICT DO NOTHING as an oracle, for keys led by the tenant.
WITH i AS (INSERT INTO shop.customers (id) VALUES (30) ON CONFLICT DO NOTHING RETURNING 1) SELECT shop.found(count(*) = 0) FROM i HAVING count(*) = 0;
