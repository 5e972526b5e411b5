-- as: app owner superuser
-- The tenant of a statement after errors inside it: caught, rolled back, and in the statement that follows.
SELECT (SELECT string_agg(secret, ',') FROM shop.customers WHERE f.x IS NOT NULL) FROM (SELECT shop.oracle($$SELECT set_config('app.tenant_id', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', true), 1 / 0$$, 'x') AS x OFFSET 0) f;
DO $$BEGIN BEGIN PERFORM set_config('app.tenant_id', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', true), 1 / (id - 3) FROM shop.customers ORDER BY id;
	EXCEPTION WHEN OTHERS THEN NULL; END; RAISE NOTICE '%', (SELECT string_agg(name, ',') FROM shop.customers); END$$;
SELECT set_config('app.tenant_id', :'other', false), 1 / (id - 20) FROM shop.customers ORDER BY id;
SELECT * FROM shop.customers;
