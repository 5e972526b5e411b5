-- as: owner superuser
-- What an index found before the filter: the count of another tenant's values, or whether there is one.
CREATE FUNCTION pg_temp.largest(command text, pattern text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE line text; found int := 0;
BEGIN
	FOR line IN EXECUTE command LOOP
		found := greatest(found, (SELECT max(m[1]::int) FROM regexp_matches(line, pattern, 'g') m));
	END LOOP;
	RETURN found;
END$$;
CREATE INDEX ON shop.items (price);
SET enable_seqscan = off;
SET enable_indexscan = off;
SELECT shop.found(pg_temp.largest('EXPLAIN (ANALYZE, COSTS off) SELECT * FROM shop.items WHERE price > 987650000', 'Index Scan on items_price.*rows=([0-9]+)') > 0);
SELECT shop.found(pg_temp.largest('EXPLAIN (ANALYZE, COSTS off) SELECT * FROM shop.items WHERE price > 987650000', 'Heap Blocks: exact=([0-9]+)') > 0);
RESET enable_indexscan;
SELECT shop.found(pg_temp.largest('EXPLAIN (ANALYZE, COSTS off) SELECT * FROM shop.items WHERE price > 987650000', 'Removed by Filter: ([0-9]+)') > 0);
