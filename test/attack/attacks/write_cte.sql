-- Writing WITH, within a reading statement.
WITH d AS (DELETE FROM shop.orders WHERE id > 20 RETURNING *) SELECT * FROM d;
WITH u AS (UPDATE shop.customers SET name = 'taken' WHERE tenant_id <> :'me' RETURNING *) INSERT INTO shop.spill SELECT u::text FROM u;
WITH i AS (INSERT INTO shop.customers VALUES (:'other', 901) RETURNING 1) SELECT shop.found(true) FROM i;
TABLE shop.spill;
