-- EXPLAIN EXECUTE takes a way of its own through the server.
CREATE FUNCTION pg_temp.largest(command text, pattern text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE line text; found int := 0;
BEGIN
	FOR line IN EXECUTE command LOOP
		found := greatest(found, (SELECT max(m[1]::int) FROM regexp_matches(line, pattern, 'g') m));
	END LOOP;
	RETURN found;
END$$;
PREPARE all_of(int) AS SELECT * FROM shop.customers WHERE balance > $1;
SET enable_indexscan = off;
SET enable_bitmapscan = off;
SELECT shop.found(pg_temp.largest('EXPLAIN EXECUTE all_of(987650000)', 'rows=([0-9]+) width') > 20);
SELECT shop.found(pg_temp.largest('EXPLAIN (ANALYZE) EXECUTE all_of(987650000)', 'Removed by Filter: ([0-9]+)') > 20);
SELECT shop.found(pg_temp.largest('EXPLAIN CREATE TEMP TABLE copied AS EXECUTE all_of(0)', 'rows=([0-9]+) width') > 20);
SET plan_cache_mode = force_generic_plan;
SELECT shop.found(pg_temp.largest('EXPLAIN EXECUTE all_of(987650000)', 'rows=([0-9]+) width') > 20);
