-- Parameters of other kinds: variables and arguments of functions, cursors' arguments, EXECUTE … USING, values of sub-selects.
SET enable_indexscan = off;
SET enable_bitmapscan = off;
CREATE FUNCTION pg_temp.named(pattern text) RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT count(*) FROM shop.customers WHERE name LIKE pattern); END';
CREATE FUNCTION pg_temp.plain(pattern text) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM shop.customers WHERE name LIKE pattern';
CREATE FUNCTION pg_temp.inlined(pattern text) RETURNS SETOF shop.customers LANGUAGE sql STABLE AS 'SELECT * FROM shop.customers WHERE name LIKE pattern';
CREATE FUNCTION pg_temp.matches(value text, pattern text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT value LIKE pattern';
CREATE FUNCTION pg_temp.atomic(pattern text) RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT count(*) FROM shop.customers WHERE name LIKE pattern; END;
CREATE FUNCTION pg_temp.cursor(pattern text) RETURNS void LANGUAGE plpgsql AS
	$$DECLARE c CURSOR (p text) FOR SELECT id FROM shop.customers WHERE name LIKE p; BEGIN OPEN c (pattern); MOVE ALL FROM c; CLOSE c; END$$;
CREATE FUNCTION pg_temp.changed(pattern text) RETURNS void LANGUAGE plpgsql AS
	$$DECLARE r record; p text := 'mine%'; BEGIN FOR r IN SELECT id FROM shop.customers WHERE name LIKE p LOOP p := pattern; END LOOP; END$$;
CREATE FUNCTION pg_temp.using(pattern text) RETURNS void LANGUAGE plpgsql AS
	$$BEGIN EXECUTE 'SELECT id FROM shop.customers WHERE name LIKE $1 AND balance > $2' USING pattern, 0; END$$;
CREATE FUNCTION pg_temp.constant(pattern text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN pattern; END';
CREATE FUNCTION pg_temp.stable(pattern text) RETURNS text LANGUAGE plpgsql STABLE AS 'BEGIN RETURN pattern; END';
CREATE FUNCTION pg_temp.volatile(pattern text) RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN pattern; END';
SELECT shop.differ(format('SELECT pg_temp.%s(''SOUGHT%%\'')', f)) FROM unnest('{named,plain,inlined,atomic,cursor,changed,using}'::text[]) f;
SELECT shop.differ($$SELECT count(*) FROM shop.customers WHERE pg_temp.matches(name, 'SOUGHT%\')$$);
SELECT shop.differ($$SELECT g, (SELECT count(*) FROM pg_temp.inlined('SOUGHT%' || chr(g))) FROM generate_series(91, 93) g$$);
SELECT shop.differ(format('SELECT count(*) FROM shop.customers WHERE name LIKE pg_temp.%s(''SOUGHT%%\'')', f)) FROM unnest('{constant,stable,volatile}'::text[]) f;
SELECT shop.differ($$SELECT count(*) FROM shop.customers WHERE name LIKE (SELECT 'SOUGHT%\')$$);
SELECT shop.differ($$SELECT count(*) FROM shop.customers WHERE name LIKE (SELECT max(code || 'SOUGHT%\') FROM shop.countries WHERE code = 'x') OR name LIKE (SELECT max('SOUGHT%\') FROM shop.countries)$$);
SELECT shop.differ($$SELECT count(*) FROM shop.customers c, LATERAL (SELECT 'SOUGHT%\' AS p OFFSET 0) l WHERE c.name LIKE l.p$$);
SELECT set_config('app.pattern', 'CAN' || 'ARY-other%\', false) \g /dev/null
SELECT count(*) FROM shop.customers WHERE name LIKE current_setting('app.pattern');
\set hit :SQLSTATE
SELECT set_config('app.pattern', 'nobody%\', false) \g /dev/null
SELECT count(*) FROM shop.customers WHERE name LIKE current_setting('app.pattern');
SELECT shop.found(:'hit' <> :'SQLSTATE');
