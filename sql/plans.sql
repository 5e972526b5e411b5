-- No plan belongs to a tenant: one generic plan serves them all, and is not made again at a switch.
\set SHOW_CONTEXT never
\set A '11111111-1111-1111-1111-111111111111'
\set B '22222222-2222-2222-2222-222222222222'
SET SESSION AUTHORIZATION fx_app;
SET plan_cache_mode = force_generic_plan;
SET app.tenant_id = :'A';
PREPARE names AS SELECT string_agg(name, ',' ORDER BY id) FROM fx.customers;
PREPARE one (bigint) AS SELECT name FROM fx.customers WHERE id = $1;
PREPARE rename (bigint, text) AS UPDATE fx.customers SET name = $2 WHERE id = $1 RETURNING name;
EXECUTE names;
EXECUTE one (1);
EXPLAIN (COSTS off) EXECUTE one (1);
SET app.tenant_id = :'B';
EXECUTE names;
EXECUTE one (1);
EXECUTE rename (1, 'bob1');
BEGIN;
SET LOCAL app.tenant_id = :'A';
EXECUTE names;
ROLLBACK;
EXECUTE names;
SELECT name, generic_plans, custom_plans FROM pg_prepared_statements ORDER BY name;
RESET plan_cache_mode;

-- plpgsql keeps its plans for the session.
CREATE FUNCTION pg_temp.names() RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT string_agg(name, '','' ORDER BY id) FROM fx.customers); END';
SELECT pg_temp.names();
SET app.tenant_id = :'A';
SELECT pg_temp.names();
SET app.tenant_id = '';
SELECT pg_temp.names();
SET app.tenant_id = :'B';
SELECT pg_temp.names();

-- A plan of another role, or of row_security = off, is not used again.
RESET SESSION AUTHORIZATION;
SET app.tenant_id = :'A';
SET row_security = off;
PREPARE everybody AS SELECT count(*) FROM fx.customers;
EXECUTE everybody;
SET ROLE fx_app;
EXECUTE everybody;
RESET row_security;
EXECUTE everybody;
RESET ROLE;

-- A plan from before the table was protected is not used after.
CREATE TABLE fx.later (tenant_id uuid, id int);
INSERT INTO fx.later VALUES (:'A', 1), (:'B', 2);
GRANT SELECT ON fx.later TO fx_app;
SET ROLE fx_app;
PREPARE later AS SELECT count(*) FROM fx.later;
EXECUTE later;
RESET ROLE;
SELECT tenant.protect('fx.later');
SET ROLE fx_app;
EXECUTE later;
RESET ROLE;
SELECT tenant.unprotect('fx.later');
SET ROLE fx_app;
EXECUTE later;
RESET ROLE;
DROP TABLE fx.later;
RESET app.tenant_id;

-- Parallel workers see the leader's tenant.
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SET SESSION AUTHORIZATION fx_app;
SET enable_indexscan = off;
SET enable_bitmapscan = off;
SET app.tenant_id = :'A';
EXPLAIN (COSTS off) SELECT count(*) FROM fx.customers WHERE name LIKE '%';
SELECT count(*) FROM fx.customers WHERE name LIKE '%';
SET app.tenant_id = :'B';
SELECT string_agg(name, ',' ORDER BY name) FROM fx.customers;
-- A function that runs there is checked as everywhere.
RESET SESSION AUTHORIZATION;
SET app.tenant_id = '';
CREATE TABLE fx.numbers AS SELECT generate_series(1, 10000) AS n;
ALTER TABLE fx.numbers SET (parallel_workers = 2);
GRANT SELECT ON fx.numbers TO fx_app;
CREATE FUNCTION fx.count_customers() RETURNS bigint LANGUAGE plpgsql STABLE PARALLEL SAFE
	AS 'BEGIN RETURN (SELECT count(*) FROM fx.customers); END';
SET parallel_leader_participation = off;
SET SESSION AUTHORIZATION fx_app;
EXPLAIN (COSTS off) SELECT n, fx.count_customers() FROM fx.numbers WHERE n < 3;
SELECT n, fx.count_customers() FROM fx.numbers WHERE n < 3;
SET app.tenant_id = '33333333-3333-3333-3333-333333333333';
SELECT n, fx.count_customers() FROM fx.numbers WHERE n < 3;
SET app.tenant_id = :'A';
SELECT n, fx.count_customers() FROM fx.numbers WHERE n < 3 ORDER BY n;
RESET SESSION AUTHORIZATION;
DROP TABLE fx.numbers;
DROP FUNCTION fx.count_customers();
