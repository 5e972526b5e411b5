-- What the server counts of tenants: each top-level statement once, for the tenant that it ran for.
SET client_min_messages = warning;
CREATE ROLE st_admin IN ROLE tenant_admin;
CREATE ROLE st_app;
CREATE SCHEMA st;
GRANT USAGE ON SCHEMA st TO st_app, st_admin;
SELECT count(tenant.provision('st-' || t)) FROM unnest(ARRAY['a', 'b', 'c']) t;
CREATE TABLE st.items (tenant_id text, id int, body text);
SELECT tenant.protect('st.items', column_type => 'text');
CREATE TABLE st.marked (tenant_id text, id int);
SELECT tenant.protect('st.marked', column_type => 'text');
SELECT tenant.enable_soft_delete('st.marked');
GRANT ALL ON ALL TABLES IN SCHEMA st TO st_app;
CREATE VIEW st.seen AS SELECT tenant_id, calls, selects AS s, inserts AS i, updates AS u, deletes AS d, utilities AS x, rows, errors, refusals
	FROM tenant.stat_tenants WHERE tenant_id LIKE 'st-%' ORDER BY tenant_id COLLATE "C";
CREATE FUNCTION st.inner_statements() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO st.items (id) VALUES (90), (91);
	BEGIN
		PERFORM 1 / 0;
	EXCEPTION WHEN division_by_zero THEN NULL;
	END;
	RETURN (SELECT count(*) FROM st.items);
END
$$;
CREATE FUNCTION st.folded() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT count(*) FROM generate_series(1, 3)';
SELECT tenant.stat_reset();
TABLE st.seen;

SET ROLE st_app;
SET app.tenant_id = 'st-a';
INSERT INTO st.items (id, body) SELECT i, 'x' FROM generate_series(1, 10) i;
SELECT count(*) FROM st.items;
UPDATE st.items SET body = 'y' WHERE id < 4;
DELETE FROM st.items WHERE id = 10;
MERGE INTO st.items t USING (VALUES (1), (2)) v(id) ON v.id = t.id WHEN MATCHED THEN UPDATE SET body = 'z';
INSERT INTO st.marked (id) VALUES (1), (2), (3);
DELETE FROM st.marked WHERE id = 2;
-- With what it calls; also an error that it handles.
SELECT st.inner_statements();
-- A command, and what prepares for others.
COPY st.items (id) FROM stdin;
20
21
\.
BEGIN;
SET LOCAL work_mem = '5MB';
PREPARE one AS SELECT id FROM st.items WHERE id < $1 ORDER BY id;
EXECUTE one (3);
DEALLOCATE one;
COMMIT;
CREATE TEMP TABLE st_made AS SELECT 1;
DO $$ BEGIN PERFORM FROM st.items; PERFORM FROM st.items; END $$;
-- Statements of tables that are not protected too.
SELECT count(*) FROM st_made;
-- What is computed while it is planned is a part of it.
SELECT st.folded();
-- Errors by class, in planning as well; those after which a savepoint goes on.
SELECT 1 / 0;
SELECT * FROM st.nothing;
BEGIN;
SAVEPOINT s;
INSERT INTO st.items (tenant_id, id) VALUES ('st-b', 1);
ROLLBACK TO s;
SELECT count(*) FROM st.items WHERE id = 1;
COMMIT;
DO $$ BEGIN RAISE 'mine'; END $$;
-- A procedure that rolls back is one command.
DO $$ BEGIN INSERT INTO st.items (id) VALUES (70); ROLLBACK; PERFORM FROM st.items; COMMIT; END $$;
RESET ROLE;
TABLE st.seen;

-- Another tenant's are its own; refusals by code.
SET ROLE st_app;
SET app.tenant_id = 'st-b';
SELECT count(*) FROM st.items;
TRUNCATE st.items;
RESET ROLE;
SELECT status FROM tenant.suspend('st-b');
SET ROLE st_app;
SELECT count(*) FROM st.items;
-- Of nobody: a tenant that is not registered, none, one that is set in vain. Their other errors are not counted.
SET app.tenant_id = 'st-nobody';
SELECT 1;
SELECT 1 / 0;
SELECT count(*) FROM st.items;
RESET app.tenant_id;
SELECT count(*) FROM st.items;
SELECT 1 / 0;
RESET ROLE;
TABLE st.seen;
SELECT calls, errors, refusals FROM tenant.stat_tenants WHERE is_other;

-- A statement for all tenants is no tenant's.
SET app.tenant_id = 'st-c';
SET row_security = off;
SELECT count(*) > 1 FROM st.items;
RESET row_security;
TABLE st.seen;
SELECT count(*) FROM st.items;
SELECT tenant_id, calls, rows FROM tenant.stat_tenants WHERE tenant_id = 'st-c';

-- What the figures have to do with each other.
SELECT tenant_id, total_time > 0, max_time <= total_time, p50 <= p95 AND p95 <= p99 AND p99 <= max_time, cpu_time >= 0, shared_blks_hit > 0, first_seen <= last_seen,
	last_seen <= now() FROM tenant.stat_tenants WHERE tenant_id IN ('st-a', 'st-c') ORDER BY 1;
SELECT wal_bytes > 0 FROM tenant.stat_tenants WHERE tenant_id = 'st-a';
SELECT c.tenant_id, (SELECT sum(n) FROM unnest(latency) n) >= s.calls FROM tenant.tenant_counters() c JOIN tenant.stat_tenants s USING (tenant_id) WHERE c.tenant_id LIKE 'st-%' ORDER BY 1;
SELECT cardinality(tenant.latency_bounds()) = cardinality(latency) - 1 FROM tenant.tenant_counters() LIMIT 1;

-- The session, until its tenant changes.
SELECT tenant_id, is_running, statement_start IS NOT NULL, statements > 0 FROM tenant.stat_sessions WHERE pid = pg_backend_pid();
SELECT sessions, running FROM tenant.stat_tenants WHERE tenant_id = 'st-c';
RESET app.tenant_id;
SELECT count(*) FROM tenant.stat_sessions WHERE pid = pg_backend_pid();
BEGIN;
SELECT tenant.set('st-a');
SELECT tenant_id FROM tenant.stat_sessions WHERE pid = pg_backend_pid();
COMMIT;
SELECT count(*) FROM tenant.stat_sessions WHERE pid = pg_backend_pid();

-- From the beginning: one, all.
SELECT tenant.stat_reset('st-a');
SELECT tenant_id FROM st.seen;
SELECT tenant.stat_reset(' ');
SELECT tenant.stat_reset();
SELECT count(*) FROM tenant.stat_tenants;
SELECT tenants_max, tenants >= 0 AS tenants, evictions, stats_reset <= now() FROM tenant.stat_tenants_info;

-- A job's commands are their tenants', also after one that failed.
SET client_min_messages = error;
CALL tenant.for_each($$SELECT 1 / (tenant.current_id() <> 'st-a')::int$$, condition => $$tenant_id LIKE 'st-%'$$);
SET client_min_messages = warning;
SELECT tenant_id, calls, running FROM tenant.stat_tenants ORDER BY tenant_id COLLATE "C";
SELECT tenant.stat_reset();

-- Errors of a tenant's first statement in a session are its own: in planning, before, and refusals of commands.
SET ROLE st_app;
SET app.tenant_id = 'st-a';
SELECT 1 / 0;
SET app.tenant_id = 'st-c';
SELECT * FROM st.nothing;
SET app.tenant_id = 'st-a';
SELECT 1;
RESET app.tenant_id;
RESET ROLE;
TABLE st.seen;
SET app.tenant_id = 'st-c';
SELECT * FROM st.nothing;
SELECT 1;
RESET app.tenant_id;
SELECT tenant.open_breaker('st-b');
SELECT status FROM tenant.resume('st-b');
SET app.tenant_id = 'st-b';
DO $$ BEGIN END $$;
RESET app.tenant_id;
SELECT tenant.close_breaker('st-b');
TABLE st.seen;
SELECT tenant.stat_reset();

-- For whom.
SET ROLE st_app;
SELECT count(*) FROM tenant.stat_tenants;
SELECT count(*) FROM tenant.stat_sessions;
SELECT tenant.stat_reset();
RESET ROLE;
CREATE ROLE st_reader IN ROLE tenant_reader;
SET ROLE st_reader;
SELECT count(*) FROM tenant.stat_tenants;
SELECT tenant.stat_reset();
RESET ROLE;
DROP SCHEMA st CASCADE;
DROP TABLE st_made;
DROP ROLE st_admin, st_app, st_reader;
DELETE FROM tenant.tenants WHERE tenant_id LIKE 'st-%';
