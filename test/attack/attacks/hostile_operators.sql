-- as: app superuser
-- Every operator of the server's over other tenants' odd values fails or not as it does over a copy of one's own rows.
\ir ../hostile.sql
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
