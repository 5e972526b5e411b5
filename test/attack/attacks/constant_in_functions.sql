-- as: app owner superuser
-- Functions keep plans: static SQL of plpgsql, SQL functions, cursors of functions, DO, triggers, policies and defaults, called from a statement of its own each time.
CREATE FUNCTION pg_temp.static(int) RETURNS SETOF text LANGUAGE plpgsql AS 'BEGIN RETURN QUERY SELECT name FROM shop.customers; RETURN QUERY SELECT entry FROM shop.ledger WHERE id >= $1; END';
CREATE FUNCTION pg_temp.plain(int) RETURNS SETOF text LANGUAGE sql VOLATILE AS 'SELECT name FROM shop.customers UNION ALL SELECT entry FROM shop.ledger WHERE id >= $1';
CREATE FUNCTION pg_temp.loop() RETURNS SETOF text LANGUAGE plpgsql AS 'DECLARE r record; BEGIN FOR r IN SELECT name FROM shop.super_view LOOP RETURN NEXT r.name; END LOOP; END';
CREATE FUNCTION pg_temp.cursor() RETURNS SETOF text LANGUAGE plpgsql AS 'DECLARE c CURSOR FOR SELECT entry FROM shop.ledger; r record; BEGIN FOR r IN c LOOP RETURN NEXT r.entry; END LOOP; END';
CREATE FUNCTION pg_temp.simple() RETURNS text LANGUAGE plpgsql AS 'DECLARE t text := (SELECT string_agg(name, '','') FROM shop.customers); BEGIN RETURN t || (SELECT count(*) FROM shop.orders); END';
CREATE FUNCTION pg_temp.by_default(t text DEFAULT (SELECT string_agg(name, ',') FROM shop.customers)) RETURNS text LANGUAGE sql AS 'SELECT t';
CREATE FUNCTION pg_temp.two(tenant text) RETURNS SETOF text LANGUAGE sql AS $$SELECT set_config('app.tenant_id', tenant, false); SELECT name FROM shop.customers$$;
CREATE FUNCTION pg_temp.two_later(tenant text) RETURNS SETOF text LANGUAGE plpgsql AS $$BEGIN PERFORM set_config('app.tenant_id', tenant, false); RETURN QUERY SELECT entry FROM shop.ledger; END$$;
SELECT set_config('app.tenant_id', :'other', false), pg_temp.static(1), pg_temp.plain(1) \g /dev/null
SELECT pg_temp.static(1), pg_temp.plain(1), pg_temp.loop(), pg_temp.cursor(), pg_temp.simple(), pg_temp.by_default() \g /dev/null
SELECT pg_temp.two(:'other'), pg_temp.two_later(:'other') \g /dev/null
SELECT pg_temp.two(:'me');
SELECT set_config('app.tenant_id', :'other', false) \g /dev/null
SELECT pg_temp.two_later(:'me');
SET app.tenant_id = :'me';
SELECT pg_temp.static(1), pg_temp.plain(1), pg_temp.loop(), pg_temp.cursor(), pg_temp.simple(), pg_temp.by_default();
SELECT * FROM pg_temp.static(1);
SELECT * FROM pg_temp.plain(1);
DO $$BEGIN PERFORM set_config('app.tenant_id', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', false); FOR i IN 1 .. 2 LOOP
	PERFORM name FROM shop.customers WHERE id >= i; IF i = 2 THEN RAISE NOTICE '%', (SELECT string_agg(entry, ',') FROM shop.ledger WHERE id >= i AND i = 2); END IF;
	PERFORM set_config('app.tenant_id', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', false); END LOOP; END$$;
