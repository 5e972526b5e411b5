-- as: superuser
-- COPY of a table both ways with its options: what goes out comes in again.
COPY shop.customers (id, name, balance) TO '/tmp/pg_tenant_control.csv' WITH (FORMAT csv, HEADER, DELIMITER ';', NULL 'none', FORCE_QUOTE (name), ENCODING 'UTF8');
DELETE FROM shop.customers;
COPY shop.customers (id, name, balance) FROM '/tmp/pg_tenant_control.csv' WITH (FORMAT csv, HEADER match, DELIMITER ';', NULL 'none', FORCE_NOT_NULL (name)) WHERE id > 5;
COPY shop.customers (id, name, balance, tenant_id) TO '/tmp/pg_tenant_control.csv' WITH (FORMAT binary);
DELETE FROM shop.customers WHERE id > 10;
COPY shop.customers (id, name, balance, tenant_id) FROM '/tmp/pg_tenant_control.csv' WITH (FORMAT binary) WHERE id > 10;
COPY (SELECT 1) TO PROGRAM 'rm -f /tmp/pg_tenant_control.csv';
SELECT 'control ok' FROM shop.customers WHERE name = 'mine-name-' || id AND balance = 100 + id HAVING count(*) = 15;
