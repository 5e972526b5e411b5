-- as: app owner superuser
-- Temporary tables with keys, triggers, views and defaults of their own.
BEGIN;
CREATE TEMP TABLE t (tenant_id uuid DEFAULT :'me', id int PRIMARY KEY, name text) ON COMMIT DROP;
INSERT INTO t (id, name) SELECT id, name FROM shop.customers;
CREATE TEMP VIEW v AS SELECT t.name FROM t JOIN shop.customers c USING (tenant_id, id);
CREATE TEMP SEQUENCE s;
UPDATE t SET id = id + 100 + nextval('s') * 0 WHERE EXISTS (SELECT FROM shop.orders o WHERE o.customer_id = t.id);
SELECT 'control ok' FROM t HAVING count(*) = 20 AND min(id) = 101 AND (SELECT count(*) FROM v) = 0;
COMMIT;
