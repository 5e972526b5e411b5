-- as: app owner superuser
-- Temporary tables and CREATE TABLE AS.
CREATE TEMP TABLE t AS TABLE shop.customers;
TRUNCATE t;
INSERT INTO t SELECT * FROM shop.customers;
SELECT 'control ok' FROM t HAVING count(*) = 20;
