-- Temporary tables in front of the real ones.
CREATE TEMP TABLE customers AS SELECT 1 AS id;
SET search_path = pg_temp, shop;
SELECT * FROM shop.customers, customers;
CREATE TEMP TABLE tenants (tenant_id text, status text);
INSERT INTO tenants VALUES (:'other', 'active');
SELECT * FROM shop.orders;
