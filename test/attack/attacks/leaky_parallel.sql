-- The same in workers.
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET min_parallel_index_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SET enable_indexscan = off;
CREATE FUNCTION play.tell(value text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 0.0000001 AS $$BEGIN RAISE NOTICE 'told %', value; RETURN true; END$$;
SELECT id FROM shop.customers WHERE play.tell(secret);
SELECT id FROM shop.customers WHERE play.tell(secret) AND balance > 0 AND name LIKE '%';
SELECT count(*) FROM shop.orders WHERE play.tell(item);
SELECT count(*) FROM shop.customers a JOIN shop.orders b USING (id) WHERE play.tell(a.secret) AND play.tell(b.item);
SELECT count(*) FROM (SELECT secret FROM shop.customers UNION ALL SELECT item FROM shop.orders) u WHERE play.tell(secret);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name LIKE 'SOUGHT%\'$$);
SELECT shop.oracle($$SELECT id FROM shop.customers WHERE 1 / (balance - 987650007) = 0$$, '22012');
SELECT name FROM shop.customers WHERE balance > 0;
DROP FUNCTION play.tell;
