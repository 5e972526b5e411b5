-- Odd arguments to the extension's functions: nothing may crash, tell or change anything.
CREATE FUNCTION pg_temp.try(command text) RETURNS void LANGUAGE plpgsql AS
	$$BEGIN EXECUTE command; EXCEPTION WHEN OTHERS THEN IF SQLSTATE LIKE 'XX%' THEN RAISE NOTICE 'CANARY: % % in %', SQLSTATE, SQLERRM, command; END IF; END$$;
SELECT pg_temp.try(format('SELECT tenant.%I(%s)', proname, (SELECT string_agg(format('%s::%s', a.value, format_type(t, NULL)), ', ' ORDER BY n)
		FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY u (t, n))))
	FROM pg_proc p JOIN pg_namespace s ON s.oid = pronamespace CROSS JOIN (VALUES ('NULL'), ('''x'''), ('''{}'''), ('''0'''), ('''[]'''),
		('repeat(''x'', 100000)'), ('chr(1)'), ('''bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb''')) a (value)
	WHERE nspname = 'tenant' AND prokind = 'f' AND prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
		AND proname NOT IN ('seal') \g /dev/null
SELECT pg_temp.try(format('SELECT tenant.protect(%s::regclass)', r)) FROM unnest('{0,1,1259,4294967295,99999999}'::text[]) r \g /dev/null
SELECT pg_temp.try(format('SELECT tenant.%s(%L, %L)', f, :'me', q)) FROM unnest('{execute,query}'::text[]) f, unnest(ARRAY['', ';', 'SELECT', 'COMMIT', 'COPY shop.customers TO STDOUT',
	'SELECT 1; SELECT 2', 'DECLARE c CURSOR FOR SELECT 1', 'SELECT tenant.query(''x'', ''SELECT 1'')', 'FETCH c', 'EXPLAIN SELECT 1', 'SHOW ALL',
	'SELECT row(1, row(2))', 'SELECT 1 AS a, 2 AS a', 'SELECT xmlelement(name x)', 'PREPARE p AS SELECT 1', 'SAVEPOINT s', 'VACUUM', 'SELECT $1']) q \g /dev/null
SELECT * FROM shop.customers;
