-- as: app superuser
-- Every operator of the server's over other tenants' odd values fails or not as it does over a copy of one's own rows.
SET statement_timeout = '60s';
SET client_min_messages = error;
CREATE TEMP TABLE mine AS SELECT * FROM shop.hostile;
CREATE TEMP TABLE told (query text, here text, alone text);
CREATE FUNCTION pg_temp.compare(condition text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE here text := shop.ending('SELECT id FROM shop.hostile WHERE (' || condition || ') IS NOT NULL'); alone text;
BEGIN
	IF here <> 'none' THEN
		alone := shop.ending('SELECT id FROM mine WHERE (' || condition || ') IS NOT NULL');
		INSERT INTO told SELECT condition, here, alone WHERE here <> alone;
	END IF;
END$$;
CREATE TEMP TABLE columns AS SELECT attname, t.oid AS type, format_type(atttypid, NULL) AS spelt, typcategory, typelem,
		(SELECT to_jsonb(m) ->> attname FROM mine m LIMIT 1) AS value
	FROM pg_attribute JOIN pg_type t ON t.oid = atttypid WHERE attrelid = 'mine'::regclass AND attnum > 2;
INSERT INTO columns VALUES (NULL, 'tsquery'::regtype, 'tsquery', 'U', 0, 'mine'), (NULL, 'jsonpath'::regtype, 'jsonpath', 'U', 0, '$.n'), (NULL, 'int8'::regtype, 'bigint', 'N', 0, '7');
SELECT count(pg_temp.compare(format('%s OPERATOR(pg_catalog.%s) %L::%s', l.attname, oprname, r.value, r.spelt))) > 200 AS enough FROM pg_operator o
	JOIN columns l ON l.attname IS NOT NULL AND (oprleft = l.type OR oprleft = 'anyarray'::regtype AND l.typcategory = 'A' OR oprleft = 'anyrange'::regtype AND l.typcategory = 'R' OR oprleft = 'anyenum'::regtype AND l.typcategory = 'E')
	JOIN columns r ON oprright = r.type OR oprright = 'anyarray'::regtype AND r.typcategory = 'A' AND r.type = l.type OR oprright = 'anyrange'::regtype AND r.typcategory = 'R' AND r.type = l.type
		OR oprright = 'anyelement'::regtype AND r.spelt IN ('integer', 'numeric') OR oprright = 'anyenum'::regtype AND r.typcategory = 'E'
	WHERE o.oid < 16384;
SELECT count(pg_temp.compare(format('%L::%s OPERATOR(pg_catalog.%s) %s', l.value, l.spelt, oprname, r.attname))) > 200 AS enough FROM pg_operator o
	JOIN columns l ON oprleft = l.type JOIN columns r ON r.attname IS NOT NULL AND oprright = r.type WHERE o.oid < 16384;
SELECT count(pg_temp.compare(format('OPERATOR(pg_catalog.%s) %s', oprname, r.attname))) > 5 AS enough FROM pg_operator o
	JOIN columns r ON r.attname IS NOT NULL AND oprright = r.type WHERE oprleft = 0 AND o.oid < 16384;
RESET client_min_messages;
SELECT shop.found(true), told FROM told;
