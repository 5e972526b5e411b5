-- as: superuser
-- row_security = off shows estimates and statistics of all tenants.
SET row_security = off;
DO $$
DECLARE line text; said text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN ANALYZE SELECT * FROM shop.customers' LOOP said := said || line; END LOOP;
	ASSERT said ~ 'cost=.*actual.*rows=100', said;
END$$;
SELECT 'control ok' FROM pg_stats WHERE tablename = 'customers' AND attname = 'name' AND schemaname = 'shop';
