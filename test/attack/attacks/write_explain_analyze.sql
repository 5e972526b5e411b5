-- EXPLAIN ANALYZE runs what it explains.
EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) UPDATE shop.customers SET name = 'taken';
EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) DELETE FROM shop.super_orders WHERE tenant_id <> :'me';
EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) INSERT INTO shop.notes VALUES (:'other', 901, 'planted');
EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) CREATE TEMP TABLE t AS SELECT * FROM shop.super_view;
TABLE t;
EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) DECLARE c CURSOR FOR SELECT shop.peek(secret) FROM shop.super_view;
