-- as: app owner superuser
-- Prepared statements with parameters, often enough for a generic plan.
PREPARE r (int, text) AS SELECT count(*) AS n FROM shop.customers WHERE id = $1 OR name LIKE $2;
PREPARE w (int, text) AS INSERT INTO shop.customers (id, name) VALUES ($1, $2) ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name;
EXECUTE r (1, 'x') \g /dev/null
EXECUTE r (2, 'x') \g /dev/null
EXECUTE r (3, 'x') \g /dev/null
EXECUTE r (4, 'x') \g /dev/null
EXECUTE r (5, 'x') \g /dev/null
EXECUTE r (6, 'x') \g /dev/null
EXECUTE r (7, 'mine-name-1%') \gset
EXECUTE w (20, 'a');
EXECUTE w (21, 'a');
EXECUTE w (21, 'a');
CREATE TEMP TABLE t AS EXECUTE r (20, 'a');
DEALLOCATE ALL;
SELECT 'control ok' FROM t WHERE n = 2 AND :n = 12;
