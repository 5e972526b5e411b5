-- as: app owner superuser
-- The tenant changed by a function that calls itself parallel safe, below a Gather.
CREATE FUNCTION pg_temp.switch(int) RETURNS int LANGUAGE plpgsql PARALLEL SAFE COST 10000 AS
	$$BEGIN PERFORM set_config('app.tenant_id', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', true); RETURN $1; END$$;
CREATE FUNCTION play.read(int) RETURNS text LANGUAGE plpgsql PARALLEL SAFE COST 10000 AS 'BEGIN RETURN (SELECT string_agg(secret, '','') FROM shop.super_view WHERE id >= $1); END';
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET debug_parallel_query = on;
SET force_parallel_mode = on;
SELECT * FROM shop.customers WHERE id = pg_temp.switch(id);
SELECT count(play.read(id)), max(play.read(id)) FROM shop.customers;
SELECT play.read(id) FROM shop.items WHERE id < 3;
SELECT play.read(1);
DROP FUNCTION play.read;
