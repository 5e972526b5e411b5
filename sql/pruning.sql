-- Partitions of other tenants: left out when a plan for one use is made, and when a generic one starts; planning does not touch them.
\set A '11111111-1111-1111-1111-111111111111'
\set B '22222222-2222-2222-2222-222222222222'
CREATE SCHEMA pn AUTHORIZATION fx_owner;
GRANT USAGE ON SCHEMA pn TO fx_app;
CREATE FUNCTION pn.locked() RETURNS bigint LANGUAGE sql AS $$SELECT count(*) FROM pg_locks JOIN pg_class c ON c.oid = relation JOIN pg_inherits ON inhrelid = c.oid
	WHERE pid = pg_backend_pid() AND relnamespace = 'pn'::regnamespace AND relkind = 'r'$$;
SET SESSION AUTHORIZATION fx_owner;
ALTER DEFAULT PRIVILEGES IN SCHEMA pn GRANT ALL ON TABLES TO fx_app;
CREATE TABLE pn.hashed (tenant_id uuid, id int, price numeric, PRIMARY KEY (tenant_id, id));
CREATE TABLE pn.lines (tenant_id uuid, id int, item int, PRIMARY KEY (tenant_id, id));
INSERT INTO pn.hashed SELECT t, i, i FROM unnest(ARRAY[:'A', :'B']::uuid[]) t, generate_series(1, 100) i;
INSERT INTO pn.lines SELECT t, i, i FROM unnest(ARRAY[:'A', :'B']::uuid[]) t, generate_series(1, 100) i;
SELECT tenant.protect('pn.hashed', partitions => 16), tenant.protect('pn.lines', partitions => 16);
CREATE TABLE pn.listed (tenant_id uuid, id int, PRIMARY KEY (tenant_id, id)) PARTITION BY LIST (tenant_id);
CREATE TABLE pn.listed_a PARTITION OF pn.listed FOR VALUES IN (:'A');
CREATE TABLE pn.listed_b PARTITION OF pn.listed FOR VALUES IN (:'B');
CREATE TABLE pn.listed_rest PARTITION OF pn.listed DEFAULT;
INSERT INTO pn.listed SELECT t, i FROM unnest(ARRAY[:'A', :'B']::uuid[]) t, generate_series(1, 100) i;
SELECT tenant.protect('pn.listed');
CREATE TABLE pn.dated (tenant_id uuid, day date, id int, PRIMARY KEY (tenant_id, day, id)) PARTITION BY RANGE (day);
CREATE TABLE pn.dated_1 PARTITION OF pn.dated FOR VALUES FROM ('2026-01-01') TO ('2026-02-01') PARTITION BY HASH (tenant_id);
CREATE TABLE pn.dated_1_0 PARTITION OF pn.dated_1 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE pn.dated_1_1 PARTITION OF pn.dated_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE pn.dated_2 PARTITION OF pn.dated FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
INSERT INTO pn.dated SELECT t, d, 1 FROM unnest(ARRAY[:'A', :'B']::uuid[]) t, generate_series(date '2026-01-01', date '2026-02-27', interval '1 day') d;
SELECT tenant.protect('pn.dated');
ANALYZE pn.hashed, pn.lines, pn.listed, pn.dated;
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
SET enable_partitionwise_join = on;
-- Plans for one use.
EXPLAIN (COSTS OFF) SELECT * FROM pn.hashed WHERE id = 5;
EXPLAIN (COSTS OFF) SELECT * FROM pn.hashed h JOIN pn.lines l ON l.tenant_id = h.tenant_id AND l.item = h.id WHERE h.id = 5;
EXPLAIN (COSTS OFF) SELECT * FROM pn.listed WHERE id = 5;
EXPLAIN (COSTS OFF) SELECT * FROM pn.dated WHERE day = '2026-01-05';
EXPLAIN (COSTS OFF) SELECT * FROM pn.dated WHERE day = '2026-02-05';
EXPLAIN (COSTS OFF) UPDATE pn.hashed SET price = 1 WHERE id = 5;
EXPLAIN (COSTS OFF) DELETE FROM pn.listed WHERE id = 5;
-- They lock one partition of each table.
BEGIN; SELECT count(*) FROM pn.hashed WHERE id = 5; SELECT pn.locked(); COMMIT;
BEGIN; SELECT count(*) FROM pn.hashed h JOIN pn.lines l ON l.tenant_id = h.tenant_id AND l.item = h.id; SELECT pn.locked(); COMMIT;
BEGIN; SELECT count(*) FROM pn.hashed h JOIN pn.lines l ON l.item = h.id; SELECT pn.locked(); COMMIT;
BEGIN; SELECT count(*) FROM pn.listed WHERE id = 5; SELECT pn.locked(); COMMIT;
BEGIN; SELECT count(*) FROM pn.dated WHERE day = '2026-01-05'; SELECT pn.locked(); COMMIT;
BEGIN; UPDATE pn.hashed SET price = 1 WHERE id = 5; SELECT pn.locked(); ROLLBACK;
BEGIN; DELETE FROM pn.hashed WHERE id = 5; SELECT pn.locked(); ROLLBACK;
BEGIN; MERGE INTO pn.hashed h USING pn.lines l ON l.tenant_id = h.tenant_id AND l.id = h.id WHEN MATCHED AND l.id = 5 THEN UPDATE SET price = 2; SELECT pn.locked(); ROLLBACK;
-- Prepared: one plan for each use, the same; a generic plan leaves partitions out when it starts.
PREPARE point (int) AS SELECT count(*) FROM pn.hashed WHERE id = $1;
PREPARE pair (int) AS SELECT count(*) FROM pn.hashed h JOIN pn.lines l ON l.tenant_id = h.tenant_id AND l.item = h.id WHERE h.id = $1;
PREPARE listed (int) AS SELECT count(*) FROM pn.listed WHERE id = $1;
PREPARE dated (date) AS SELECT count(*) FROM pn.dated WHERE day = $1;
PREPARE change (int) AS UPDATE pn.hashed SET price = price WHERE id = $1;
SET plan_cache_mode = force_custom_plan;
BEGIN; EXECUTE point(5); SELECT pn.locked(); COMMIT;
BEGIN; EXECUTE pair(5); SELECT pn.locked(); COMMIT;
BEGIN; EXECUTE listed(5); SELECT pn.locked(); COMMIT;
BEGIN; EXECUTE dated('2026-01-05'); SELECT pn.locked(); COMMIT;
BEGIN; EXECUTE change(5); SELECT pn.locked(); COMMIT;
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE point(5);
EXPLAIN (COSTS OFF) EXECUTE listed(5);
EXPLAIN (COSTS OFF) EXECUTE dated('2026-02-05');
EXECUTE point(5); EXECUTE pair(5); EXECUTE listed(5); EXECUTE dated('2026-01-05');
-- The same plans serve another tenant, with his partitions.
SET app.tenant_id = :'B';
EXECUTE point(5); EXECUTE pair(5); EXECUTE listed(5); EXECUTE dated('2026-01-05');
EXPLAIN (COSTS OFF) EXECUTE listed(5);
SET plan_cache_mode = force_custom_plan;
EXECUTE point(5); EXECUTE pair(5); EXECUTE listed(5); EXECUTE dated('2026-01-05');
EXPLAIN (COSTS OFF) SELECT * FROM pn.listed WHERE id = 5;
RESET plan_cache_mode;
-- What comes later is protected, and detached partitions stay so.
SET SESSION AUTHORIZATION fx_owner;
CREATE TABLE pn.listed_c PARTITION OF pn.listed FOR VALUES IN ('33333333-3333-3333-3333-333333333333');
ALTER TABLE pn.listed DETACH PARTITION pn.listed_a;
SET SESSION AUTHORIZATION fx_app;
SELECT count(*) FROM pn.listed_a;
SELECT count(*) FROM pn.listed;
SET app.tenant_id = :'A';
SELECT count(*) FROM pn.listed_a;
SELECT count(*) FROM pn.listed;
SET SESSION AUTHORIZATION fx_owner;
ALTER TABLE pn.listed ATTACH PARTITION pn.listed_a FOR VALUES IN (:'A');
SET SESSION AUTHORIZATION fx_app;
SELECT count(*) FROM pn.listed;
SELECT count(*) FROM pn.listed_b;
RESET app.tenant_id;
RESET SESSION AUTHORIZATION;
SET client_min_messages = warning;
DROP SCHEMA pn CASCADE;
