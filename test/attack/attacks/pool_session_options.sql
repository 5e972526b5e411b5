-- as: app owner superuser
-- What the session before may have left: settings that change how names are read and what is planned.
SET app.tenant_name = 'CAN';
SELECT * FROM shop.customers WHERE tenant_id <> :'me';
RESET app.tenant_name;
SET search_path = pg_temp, shop;
SET plan_cache_mode = force_custom_plan;
SET row_security = on;
SET session_replication_role = replica;
SELECT * FROM customers;
UPDATE customers SET name = 'taken';
SET transform_null_equals = on;
SELECT * FROM customers WHERE tenant_id <> :'me';
SET constraint_exclusion = on;
SET enable_partition_pruning = off;
SELECT * FROM orders, ledger;
