-- Index-only scans and partition-wise joins.
SET enable_seqscan = off;
SET enable_partitionwise_join = on;
SET enable_partitionwise_aggregate = on;
SELECT tenant_id, id, shop.found(tenant_id <> :'me') FROM shop.customers;
SELECT day, max(item) FROM shop.orders GROUP BY day;
SELECT a.item, b.item FROM shop.orders a JOIN shop.orders b USING (day);
