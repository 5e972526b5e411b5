-- Parallel workers have a state of their own.
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SELECT string_agg(name, ','), count(*) FROM shop.customers;
SELECT o.*, c.* FROM shop.orders o JOIN shop.customers c ON c.id = o.customer_id;
SET force_parallel_mode = on;
SET debug_parallel_query = on;
SELECT * FROM shop.items;
SELECT shop.one_name(3);
