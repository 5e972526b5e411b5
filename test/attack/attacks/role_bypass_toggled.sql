-- as: superuser bypass
-- row_security switched within a transaction, a function and a plan that outlives it.
BEGIN;
PREPARE q AS SELECT * FROM shop.customers c JOIN shop.super_orders o ON o.customer_id = c.id;
CREATE FUNCTION pg_temp.f() RETURNS SETOF shop.customers LANGUAGE plpgsql AS 'BEGIN RETURN QUERY SELECT * FROM shop.customers; END';
SAVEPOINT s;
SET LOCAL row_security = off;
EXECUTE q \g /dev/null
SELECT pg_temp.f() \g /dev/null
ROLLBACK TO s;
EXECUTE q;
SELECT pg_temp.f();
SELECT set_config('row_security', 'off', true) \g /dev/null
SELECT set_config('row_security', 'on', true) \g /dev/null
EXECUTE q;
EXPLAIN (ANALYZE, VERBOSE, COSTS off, TIMING off, SUMMARY off) EXECUTE q;
COMMIT;
CREATE TEMP TABLE t AS EXECUTE q;
SELECT pg_temp.f();
