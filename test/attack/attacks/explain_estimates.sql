-- Estimates come of statistics of all tenants: own rows are 20.
CREATE FUNCTION pg_temp.largest(command text, pattern text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE line text; found int := 0;
BEGIN
	FOR line IN EXECUTE command LOOP
		found := greatest(found, (SELECT max(m[1]::int) FROM regexp_matches(line, pattern, 'g') m));
	END LOOP;
	RETURN found;
END$$;
SELECT shop.found(pg_temp.largest('EXPLAIN SELECT * FROM shop.customers WHERE balance > 987650000', 'rows=([0-9]+) width') > 20);
SELECT shop.found(pg_temp.largest('EXPLAIN SELECT * FROM shop.super_view WHERE balance > 987650000', 'rows=([0-9]+) width') > 20);
SELECT shop.found(pg_temp.largest('EXPLAIN CREATE TABLE play.copied AS SELECT * FROM shop.items', 'rows=([0-9]+) width') > 20);
SELECT shop.found(pg_temp.largest('EXPLAIN UPDATE shop.notes SET body = body', 'rows=([0-9]+) width') > 20);
SELECT shop.found(pg_temp.largest('EXPLAIN (FORMAT json) TABLE shop.orders', '"Plan Rows": ([0-9]+)') > 20);
SELECT shop.found(pg_temp.largest('EXPLAIN (FORMAT xml) TABLE shop.orders', '<Plan-Rows>([0-9]+)') > 20);
SELECT shop.found(pg_temp.largest('EXPLAIN SELECT * FROM shop.inlined()', 'rows=([0-9]+) width') > 20);
