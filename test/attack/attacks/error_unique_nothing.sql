-- ON CONFLICT DO NOTHING as an oracle: for the key of a row of another tenant, and for keys led by the tenant.
WITH i AS (INSERT INTO shop.customers (id) VALUES (30) ON CONFLICT DO NOTHING RETURNING 1) SELECT shop.found(count(*) = 0) FROM i HAVING count(*) = 0;
WITH i AS (INSERT INTO shop.customers VALUES (:'other', 30) ON CONFLICT DO NOTHING RETURNING 1)
	SELECT shop.found(count(*) = 0) FROM i HAVING count(*) = 0;
WITH i AS (INSERT INTO shop.super_view (tenant_id, id) VALUES (:'other', 30) ON CONFLICT DO NOTHING RETURNING 1)
	SELECT shop.found(count(*) = 0) FROM i HAVING count(*) = 0;
