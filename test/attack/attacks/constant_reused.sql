-- as: app owner superuser
-- A plan that can be used again holds no tenant: prepared for one and executed for the other, in every mode, by text and by protocol.
\set ON_ERROR_ROLLBACK on
SET app.tenant_id = :'other';
PREPARE none AS SELECT name FROM shop.customers;
PREPARE one (int) AS SELECT name FROM shop.customers WHERE id >= $1;
PREPARE viewed (int) AS SELECT name FROM shop.super_view WHERE id >= $1;
PREPARE parts (int) AS SELECT entry FROM shop.ledger WHERE id >= $1;
PREPARE joined (int) AS SELECT c.name, o.item FROM shop.customers c LEFT JOIN shop.orders o USING (id) WHERE c.id >= $1;
PREPARE written (int) AS UPDATE shop.customers SET balance = $1 RETURNING name;
PREPARE removed AS DELETE FROM shop.lines RETURNING text;
PREPARE added (int) AS INSERT INTO shop.notes (id, body) VALUES ($1, 'mine') RETURNING tenant_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' AS own;
\set all 'EXECUTE none; EXECUTE one (1); EXECUTE viewed (1); EXECUTE parts (1); EXECUTE joined (1); EXECUTE written (2);'
BEGIN;
\o /dev/null
:all
EXECUTE removed;
EXECUTE added (1);
EXPLAIN ANALYZE EXECUTE parts (1);
CREATE TEMP TABLE t ON COMMIT DROP AS EXECUTE none;
\o
ROLLBACK;
SET plan_cache_mode = force_custom_plan;
SET app.tenant_id = :'me';
BEGIN;
:all
EXECUTE removed;
ROLLBACK;
SET plan_cache_mode = force_generic_plan;
SET app.tenant_id = :'other';
BEGIN;
\o /dev/null
:all
EXPLAIN EXECUTE parts (1);
\o
SAVEPOINT s;
SET LOCAL app.tenant_id = :'me';
:all
ROLLBACK TO s;
EXECUTE parts (1) \g /dev/null
ROLLBACK;
SET app.tenant_id = :'me';
EXECUTE none;
EXECUTE parts (1);
EXPLAIN (ANALYZE, VERBOSE, COSTS off, TIMING off, SUMMARY off) EXECUTE parts (1);
CREATE TEMP TABLE t AS EXECUTE joined (1);
TABLE t;
