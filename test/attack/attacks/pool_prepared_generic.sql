-- as: app owner superuser
-- The same with generic plans, and with partitions pruned by them.
SET plan_cache_mode = force_generic_plan;
SET app.tenant_id = :'other';
PREPARE q (int) AS SELECT * FROM shop.orders WHERE id >= $1;
PREPARE i AS SELECT * FROM shop.inlined();
EXECUTE q (1) \g /dev/null
EXECUTE i \g /dev/null
SET app.tenant_id = :'me';
EXECUTE q (1);
EXECUTE i;
EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off, VERBOSE) EXECUTE i;
