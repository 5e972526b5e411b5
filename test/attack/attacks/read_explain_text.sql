-- EXPLAIN with all it can show (row counts apart).
EXPLAIN (ANALYZE, VERBOSE, COSTS off, TIMING off, SUMMARY off) SELECT * FROM shop.customers WHERE name = (SELECT max(name) FROM shop.customers);
EXPLAIN (VERBOSE, COSTS off) SELECT * FROM shop.customers WHERE id = (SELECT max(balance) FROM shop.customers);
EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) SELECT shop.peek(c.name) FROM shop.customers c;
