-- as: app owner superuser
-- ON CONFLICT DO NOTHING tells which rows are new, and WHERE which are changed.
WITH i AS (INSERT INTO shop.customers (id) SELECT g FROM generate_series(15, 25) g ON CONFLICT DO NOTHING RETURNING id) SELECT count(*) AS n, min(id) FROM i \gset new_
WITH u AS (INSERT INTO shop.customers AS c (id, balance) SELECT g, 7 FROM generate_series(1, 30) g
	ON CONFLICT ON CONSTRAINT customers_pkey DO UPDATE SET balance = excluded.balance WHERE c.id > 10 RETURNING id) SELECT count(*) AS n FROM u \gset changed_
SELECT 'control ok' WHERE :new_n = 5 AND :new_min = 21 AND :changed_n = 20;
