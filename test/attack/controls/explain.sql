-- as: app owner superuser
-- EXPLAIN shows the plan and the tenant's own rows, and all of other tables; statistics of those too.
DO $$
DECLARE line text; said text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (ANALYZE, TIMING off) SELECT * FROM shop.customers WHERE id > 5' LOOP said := said || line; END LOOP;
	ASSERT said ~ 'Scan.*on customers.*rows=15.*loops=1.*Execution Time', said;
	said := '';
	FOR line IN EXECUTE 'EXPLAIN ANALYZE SELECT * FROM shop.countries WHERE code = ''fr''' LOOP said := said || line; END LOOP;
	ASSERT said ~ 'cost=.*rows=1 width.*Removed by Filter: 1', said;
END$$;
SELECT 'control ok' FROM pg_stats WHERE tablename = 'countries' AND attname = 'code';
