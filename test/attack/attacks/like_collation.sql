-- LIKE under a nondeterministic collation raises an error at the first row that it meets, before PostgreSQL 18. (starts_with() does too, and is called leakproof.)
SET enable_indexscan = off;
SET enable_bitmapscan = off;
CREATE COLLATION play.loose (provider = icu, locale = 'und', deterministic = false);
BEGIN;
DELETE FROM shop.hostile;
CREATE TEMP TABLE mine AS SELECT * FROM shop.hostile;
CREATE FUNCTION pg_temp.differ(condition text) RETURNS text LANGUAGE sql AS
	$$SELECT shop.found(shop.ending('SELECT id FROM shop.hostile WHERE ' || condition) <> shop.ending('SELECT id FROM mine WHERE ' || condition))$$;
SELECT condition, pg_temp.differ(condition) FROM unnest(ARRAY['t COLLATE play.loose LIKE ''x%''', 't COLLATE play.loose NOT ILIKE ''x%''', 't COLLATE play.loose ~ ''x''',
	'position(''x'' IN (t COLLATE play.loose)) > 0', 'replace(t COLLATE play.loose, ''x'', '''') = ''x''',
	'c COLLATE play.loose LIKE ''x%''', 'c COLLATE play.loose = ''x''', 't COLLATE play.loose LIKE ANY (ARRAY[''x'', ''y''])']) condition;
ROLLBACK;
DROP COLLATION play.loose;
