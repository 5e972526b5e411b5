-- as: app superuser
-- The same with the server's functions of one argument, and with those of two whose other one is a constant.
\ir ../hostile.sql
CREATE TEMP TABLE functions AS SELECT proname, proargtypes[0] AS one, proargtypes[1] AS two, pronargs FROM pg_proc
	WHERE oid < 16384 AND prokind = 'f' AND provolatile <> 'v' AND NOT proretset AND pronargs < 3 AND prorettype NOT IN ('internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype)
		AND NOT proname ~ '^(pg_|has_|row_security|txid|query_to|table_to|schema_to|database_to|cursor_to|currtid|binary_upgrade|repeat$|.?pad$|to_reg|.*(in|recv|send|typmod.*|support|joinsel|sel)$)';
SELECT count(pg_temp.compare(format('pg_catalog.%I(%s)', proname, attname))) > 200 AS enough FROM functions JOIN columns c ON one = type
	OR one = ANY ('{anyarray,anycompatiblearray}'::regtype[]) AND typcategory = 'A' OR one = 'anyrange'::regtype AND typcategory = 'R' WHERE pronargs = 1;
SELECT count(pg_temp.compare(format('pg_catalog.%I(%s, %L::%s)', proname, l.attname, r.value, r.spelt))),
		count(pg_temp.compare(format('pg_catalog.%I(%L::%s, %s)', proname, l.value, l.spelt, r.attname))) > 200 AS enough
	FROM functions JOIN columns l ON one = l.type JOIN columns r ON two = r.type WHERE pronargs = 2;
RESET client_min_messages;
SELECT shop.found(true), told FROM told;
