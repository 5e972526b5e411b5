-- EXPLAIN ANALYZE counts the rows that the filter removed.
CREATE FUNCTION pg_temp.largest(command text, pattern text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE line text; found int := 0;
BEGIN
	FOR line IN EXECUTE command LOOP
		found := greatest(found, (SELECT max(m[1]::int) FROM regexp_matches(line, pattern, 'g') m));
	END LOOP;
	RETURN found;
END$$;
SET enable_indexscan = off;
SET enable_bitmapscan = off;
SELECT shop.found(pg_temp.largest('EXPLAIN (ANALYZE, COSTS off) TABLE shop.customers', 'Removed by Filter: ([0-9]+)') > 0);
SELECT shop.found(pg_temp.largest('EXPLAIN (ANALYZE, FORMAT yaml) TABLE shop.items', 'Removed by Filter: ([0-9]+)') > 0);
SELECT shop.found(pg_temp.largest('EXPLAIN (ANALYZE, COSTS off) DELETE FROM shop.notes WHERE id < 0', 'Removed by Filter: ([0-9]+)') > 20);
SELECT shop.found(pg_temp.largest('EXPLAIN (ANALYZE, COSTS off) SELECT shop.one_name(1), id FROM shop.orders WHERE item LIKE ''x%''', 'Removed by Filter: ([0-9]+)') > 20);
