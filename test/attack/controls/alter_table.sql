-- as: owner superuser
-- DDL that opens nothing.
ALTER TABLE shop.customers ADD COLUMN phone text DEFAULT 'none';
CREATE INDEX ON shop.customers (tenant_id, phone);
ALTER TABLE shop.customers RENAME phone TO telephone;
CREATE POLICY narrow ON shop.customers AS RESTRICTIVE USING (id > 10);
SELECT 'control ok' FROM shop.customers WHERE telephone = 'none' HAVING count(*) BETWEEN 10 AND 20;
