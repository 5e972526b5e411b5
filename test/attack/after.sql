-- What an attack has left, seen by a superuser: a line for other tenants' rows of each table, for the catalogues, for all rows.
\set QUIET on
\connect - postgres
\pset tuples_only on
\pset format unaligned
\o :state
SET row_security = off;
WITH parts AS (
	SELECT 'customers' AS part, tenant_id, c::text AS line FROM shop.customers c UNION ALL SELECT 'orders', tenant_id, o::text FROM shop.orders o
	UNION ALL SELECT 'notes', tenant_id, n::text FROM ONLY shop.notes n UNION ALL SELECT 'urgent_notes', tenant_id, u::text FROM shop.urgent_notes u
	UNION ALL SELECT 'items', tenant_id, i::text FROM shop.items i UNION ALL SELECT 'ledger', tenant_id, l::text FROM shop.ledger l
	UNION ALL SELECT 'lines', tenant_id, l::text FROM shop.lines l UNION ALL SELECT 'hostile', tenant_id, h::text FROM shop.hostile h
	UNION ALL SELECT 'albums', tenant_id, a::text FROM shop.albums a UNION ALL SELECT 'photos', tenant_id, p::text FROM shop.photos p
	UNION ALL SELECT 'marked', tenant_id, m::text FROM shop.marked m
	UNION ALL SELECT 'copies', tenant_id, c::text FROM shop.copies c UNION ALL SELECT 'stock', tenant_id, s::text FROM depot.stock s)
SELECT whose || part || ': ' || count(*) || ' rows ' || md5(string_agg(line, ',' ORDER BY line))
	FROM (SELECT *, CASE WHEN tenant_id IS NOT DISTINCT FROM :'me' THEN 'own ' ELSE 'others'' ' END AS whose FROM parts) p GROUP BY whose, part
UNION ALL SELECT 'own spill ' || count(*) FROM shop.spill
	UNION ALL SELECT 'own super_ruled ' || count(*) FROM shop.super_ruled
	UNION ALL SELECT 'catalogues ' || md5((SELECT string_agg(format('%s', p), ',' ORDER BY p.oid) FROM pg_policy p)
	|| (SELECT string_agg(format('%s %s %s %s %s', c.oid, relname, relowner, relrowsecurity, relforcerowsecurity), ',' ORDER BY c.oid)
		FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname IN ('shop', 'play', 'public'))
	|| (SELECT string_agg(format('%s %s', p.oid, p.xmin), ',' ORDER BY p.oid) FROM pg_proc p WHERE pronamespace >= 16384)
	|| (SELECT string_agg(format('%s %s', a.attrelid, a), ',' ORDER BY attrelid, attnum) FROM pg_attribute a WHERE attrelid >= 16384
		AND attrelid IN (SELECT c.oid FROM pg_class c WHERE relnamespace = 'shop'::regnamespace))
	|| (SELECT string_agg(t.oid || tgname || tgenabled::text, ',' ORDER BY t.oid) FROM pg_trigger t)
	|| (SELECT coalesce(string_agg(evtname, ',' ORDER BY oid), '') FROM pg_event_trigger)
	|| (SELECT string_agg(r::text, ',' ORDER BY oid) FROM pg_rewrite r WHERE oid >= 16384)
	|| (SELECT coalesce(string_agg(s::text, ',' ORDER BY objoid, objsubid), '') FROM pg_seclabel s)
	|| (SELECT coalesce(string_agg(oid::text, ',' ORDER BY oid), '') FROM pg_largeobject_metadata))
ORDER BY 1;
\o
