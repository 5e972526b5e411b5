-- What an attack has left, seen by a superuser: a sum of other tenants' rows, of the catalogues, of all rows.
\set QUIET on
\connect - postgres
\pset tuples_only on
\pset format unaligned
\o :state
SET row_security = off;
WITH parts AS (
	SELECT tenant_id, 'c' || c AS line FROM shop.customers c UNION ALL SELECT tenant_id, 'o' || o FROM shop.orders o
	UNION ALL SELECT tenant_id, 'n' || n FROM ONLY shop.notes n UNION ALL SELECT tenant_id, 'u' || u FROM shop.urgent_notes u
	UNION ALL SELECT tenant_id, 'a' || a FROM shop.albums a UNION ALL SELECT tenant_id, 'p' || p FROM shop.photos p
	UNION ALL SELECT tenant_id, 'i' || i FROM shop.items i UNION ALL SELECT tenant_id, 'v' || v FROM shop.copies v
	UNION ALL SELECT tenant_id, 's' || s FROM depot.stock s)
SELECT md5(string_agg(line, ',' ORDER BY line) FILTER (WHERE tenant_id IS DISTINCT FROM :'me')) || ' ' || md5((SELECT string_agg(format('%s', p), ',' ORDER BY p.oid) FROM pg_policy p)
	|| (SELECT string_agg(format('%s %s %s %s %s', c.oid, relname, relowner, relrowsecurity, relforcerowsecurity), ',' ORDER BY c.oid)
		FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname IN ('shop', 'play', 'public'))
	|| (SELECT string_agg(format('%s %s', p.oid, p.xmin), ',' ORDER BY p.oid) FROM pg_proc p WHERE pronamespace >= 16384)
	|| (SELECT string_agg(format('%s %s', a.attrelid, a), ',' ORDER BY attrelid, attnum) FROM pg_attribute a WHERE attrelid >= 16384
		AND attrelid IN (SELECT c.oid FROM pg_class c WHERE relnamespace = 'shop'::regnamespace))
	|| (SELECT string_agg(t.oid || tgname || tgenabled::text, ',' ORDER BY t.oid) FROM pg_trigger t)) || ' '
	|| md5(string_agg(line, ',' ORDER BY line) || (SELECT count(*) FROM shop.spill)) FROM parts;
\o
