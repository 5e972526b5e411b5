-- as: app owner superuser
-- Parallel plans give the same rows.
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SELECT 'control ok' FROM shop.customers c JOIN shop.orders o ON o.customer_id = c.id WHERE c.name LIKE 'mine%' HAVING count(*) = 20 AND sum(o.price) = 2210;
