-- as: owner superuser
-- ANALYZE, VACUUM, REINDEX, CLUSTER need no help.
VACUUM ANALYZE shop.customers;
REINDEX TABLE shop.customers;
CLUSTER shop.customers USING customers_pkey;
SELECT 'control ok' FROM shop.customers HAVING count(*) = 20;
