-- as: app owner superuser
-- TABLESAMPLE of the tenant's rows.
SELECT 'control ok' FROM shop.customers TABLESAMPLE bernoulli (100) HAVING count(*) = 20;
