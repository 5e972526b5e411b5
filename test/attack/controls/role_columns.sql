-- as: superuser
-- Privileges on some columns are enough: the tenant column need not be readable.
REVOKE ALL ON shop.customers FROM attack_app;
GRANT SELECT (id, name), UPDATE (name), INSERT (id, name) ON shop.customers TO attack_app;
SET ROLE attack_app;
INSERT INTO shop.customers (id, name) VALUES (500, 'columns');
UPDATE shop.customers SET name = 'columns' WHERE id = 1;
SELECT 'control ok' FROM shop.customers WHERE name = 'columns' HAVING count(*) = 2;
