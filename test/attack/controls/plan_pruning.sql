-- as: app owner superuser
-- Partitions are pruned, when planning and by generic plans.
CREATE FUNCTION pg_temp.plan(query text) RETURNS text LANGUAGE plpgsql AS
	$$DECLARE line text; plan text := ''; BEGIN FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) ' || query LOOP plan := plan || line; END LOOP; RETURN plan; END$$;
SET plan_cache_mode = force_generic_plan;
PREPARE q (date) AS SELECT * FROM shop.orders WHERE day = $1;
PREPARE r AS SELECT * FROM shop.ledger;
SELECT 'control ok' WHERE pg_temp.plan('SELECT * FROM shop.orders WHERE day = ''2026-01-05''') LIKE '%orders_2026%'
	AND pg_temp.plan('SELECT * FROM shop.orders WHERE day = ''2026-01-05''') NOT LIKE '%orders_2025%'
	AND pg_temp.plan('EXECUTE q (''2026-01-05'')') LIKE '%Subplans Removed: 1%'
	AND pg_temp.plan('SELECT * FROM shop.ledger') NOT LIKE '%Subplans Removed%'
	AND pg_temp.plan('EXECUTE r') LIKE '%Subplans Removed: 2%';
