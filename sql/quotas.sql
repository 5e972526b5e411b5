-- What a tenant may store: rows of each protected table, bytes of all of them.
SET client_min_messages = warning;
CREATE ROLE qu_app LOGIN;
CREATE ROLE qu_admin LOGIN IN ROLE tenant_admin;
CREATE SCHEMA qu AUTHORIZATION qu_admin;
GRANT USAGE ON SCHEMA qu TO qu_app;
DO $$ BEGIN PERFORM tenant.provision('qu-' || t) FROM unnest(ARRAY['a', 'b', 'c']) t; END $$;
SET SESSION AUTHORIZATION qu_admin;
CREATE TABLE qu.items (tenant_id text, id int, note text, PRIMARY KEY (tenant_id, id));
CREATE TABLE qu.lines (tenant_id text, item int, line int, PRIMARY KEY (tenant_id, item, line),
	FOREIGN KEY (tenant_id, item) REFERENCES qu.items ON DELETE CASCADE);
CREATE TABLE qu.logs (tenant_id text, day int, what text) PARTITION BY RANGE (day);
CREATE TABLE qu.logs_1 PARTITION OF qu.logs FOR VALUES FROM (0) TO (10);
CREATE TABLE qu.logs_2 PARTITION OF qu.logs FOR VALUES FROM (10) TO (20);
INSERT INTO qu.items SELECT 'qu-b', i FROM generate_series(1, 100) i;
SELECT tenant.protect('qu.items', column_type => 'text');
SELECT tenant.protect('qu.lines', column_type => 'text');
SELECT tenant.protect('qu.logs', column_type => 'text');
GRANT ALL ON ALL TABLES IN SCHEMA qu TO qu_app;
CREATE FUNCTION qu.configure(id text, limits jsonb) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
	PERFORM tenant.set_config(id, '{"limits": null}');
	PERFORM tenant.set_config(id, jsonb_build_object('limits', limits));
END
$$;
-- What is known is right, and what it is.
CREATE FUNCTION qu.known(id text) RETURNS TABLE (relation text, rows bigint, max_rows bigint, is_right boolean) LANGUAGE plpgsql AS $$
DECLARE
	q record;
	found bigint;
BEGIN
	FOR q IN SELECT * FROM tenant.quotas WHERE tenant_id = id AND quotas.relation IS NOT NULL AND is_known ORDER BY 2 LOOP
		EXECUTE format('SELECT count(*) FROM %s WHERE tenant_id = $1', q.relation) USING id INTO found;
		RETURN QUERY SELECT q.relation::text, q.rows, q.max_rows, q.rows = found;
	END LOOP;
END
$$;
SELECT qu.configure('qu-a', '{"rows_per_table": 10}');
SELECT qu.configure('qu-a', '{"rows_per_table": -1}');
SELECT qu.configure('qu-a', '{"bytes": "10 sheep"}');
SELECT qu.configure('qu-a', '{"rows_per_table": 10}');
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION qu_app;
SET app.tenant_id = 'qu-a';

-- As many as it may have, and no more.
INSERT INTO qu.items (id) SELECT generate_series(1, 7);
INSERT INTO qu.items (id) SELECT generate_series(8, 11);
INSERT INTO qu.items (id) SELECT generate_series(8, 10);
INSERT INTO qu.items (id) VALUES (11);
SELECT count(*) FROM qu.items;
-- What has no more rows afterwards is not refused.
UPDATE qu.items SET note = 'x';
INSERT INTO qu.items (id) VALUES (1) ON CONFLICT (tenant_id, id) DO UPDATE SET note = 'y';
INSERT INTO qu.items (id) VALUES (1) ON CONFLICT (tenant_id, id) DO NOTHING;
WITH gone AS (DELETE FROM qu.items WHERE id = 1 RETURNING 1) INSERT INTO qu.items (id) VALUES (11);
INSERT INTO qu.items (id) VALUES (1) ON CONFLICT (tenant_id, id) DO UPDATE SET note = 'y';
MERGE INTO qu.items i USING generate_series(10, 12) s(id) ON i.id = s.id
	WHEN MATCHED THEN UPDATE SET note = 'z' WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id);
WITH more AS (INSERT INTO qu.items (id) VALUES (12) RETURNING 1) SELECT count(*) FROM more;
BEGIN;
COPY qu.items (id) FROM STDIN;
12
\.
SELECT 'goes on';
ROLLBACK;
SELECT count(*) FROM qu.items;

-- Within a transaction, and its savepoints.
BEGIN;
DELETE FROM qu.items WHERE id IN (2, 3);
SAVEPOINT s;
INSERT INTO qu.items (id) VALUES (2), (3);
ROLLBACK TO s;
INSERT INTO qu.items (id) VALUES (12), (13);
SAVEPOINT t;
INSERT INTO qu.items (id) VALUES (14);
ROLLBACK TO t;
DELETE FROM qu.items WHERE id = 12;
RELEASE t;
RELEASE s;
INSERT INTO qu.items (id) VALUES (12);
COMMIT;
SELECT count(*) FROM qu.items;
DO $$
BEGIN
	FOR i IN 1..5 LOOP
		BEGIN
			DELETE FROM qu.items WHERE id = 13;
			INSERT INTO qu.items (id) VALUES (13 + i);
			INSERT INTO qu.items (id) VALUES (20);
		EXCEPTION WHEN SQLSTATE 'TN009' THEN
			DELETE FROM qu.items WHERE id = 12;
		END;
	END LOOP;
END
$$;
SELECT count(*), max(id) FROM qu.items;
RESET SESSION AUTHORIZATION;
SET row_security = off;
SELECT * FROM qu.known('qu-a');
RESET row_security;

-- Triggers, cascades, functions.
SET SESSION AUTHORIZATION qu_admin;
CREATE FUNCTION qu.add_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM qu.insert_line(new.id);
	RETURN new;
END
$$;
CREATE FUNCTION qu.insert_line(item int) RETURNS void LANGUAGE sql VOLATILE AS 'INSERT INTO qu.lines (item, line) SELECT item, generate_series(1, 3)';
CREATE TRIGGER add_line AFTER INSERT ON qu.items FOR EACH ROW EXECUTE FUNCTION qu.add_line();
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION qu_app;
SET app.tenant_id = 'qu-a';
DELETE FROM qu.items;
INSERT INTO qu.items (id) SELECT generate_series(1, 4);
SELECT (SELECT count(*) FROM qu.items), (SELECT count(*) FROM qu.lines);
INSERT INTO qu.items (id) SELECT generate_series(1, 3);
SELECT (SELECT count(*) FROM qu.items), (SELECT count(*) FROM qu.lines);
SELECT qu.insert_line(1);
DELETE FROM qu.items WHERE id = 2;
INSERT INTO qu.items (id) VALUES (5);
SELECT (SELECT count(*) FROM qu.items), (SELECT count(*) FROM qu.lines);
RESET SESSION AUTHORIZATION;
SET row_security = off;
SELECT * FROM qu.known('qu-a');
RESET row_security;
SET SESSION AUTHORIZATION qu_app;

-- Partitions are their table's.
INSERT INTO qu.logs SELECT 'qu-a', i * 2, 'x' FROM generate_series(0, 9) i;
INSERT INTO qu.logs_1 VALUES ('qu-a', 1, 'x');
UPDATE qu.logs SET day = day + 10 WHERE day < 4;
SELECT tableoid::regclass, count(*) FROM qu.logs GROUP BY 1 ORDER BY 1;
INSERT INTO qu.logs_1 VALUES ('qu-a', 1, 'x');

-- Two tenants in a transaction.
RESET SESSION AUTHORIZATION;
SELECT qu.configure('qu-c', '{"rows_per_table": 5}');
SET SESSION AUTHORIZATION qu_app;
BEGIN;
DELETE FROM qu.logs WHERE day = 18;
SET LOCAL app.tenant_id = 'qu-c';
INSERT INTO qu.logs SELECT 'qu-c', 1, 'x' FROM generate_series(1, 5);
SAVEPOINT s;
INSERT INTO qu.logs VALUES ('qu-c', 1, 'x');
ROLLBACK TO s;
SET LOCAL app.tenant_id = 'qu-a';
INSERT INTO qu.logs VALUES ('qu-a', 1, 'x');
SAVEPOINT s;
INSERT INTO qu.logs VALUES ('qu-a', 1, 'x');
ROLLBACK TO s;
COMMIT;
-- And in a statement.
RESET SESSION AUTHORIZATION;
CREATE FUNCTION qu.write_for(id text, day int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('app.tenant_id', id, true);
	INSERT INTO qu.logs VALUES (id, day, 'x');
	PERFORM set_config('app.tenant_id', 'qu-a', true);
END
$$;
GRANT EXECUTE ON FUNCTION qu.write_for TO qu_app;
SET SESSION AUTHORIZATION qu_app;
DELETE FROM qu.logs;
INSERT INTO qu.logs SELECT 'qu-a', i, qu.write_for('qu-b', 2)::text FROM generate_series(1, 10) i;
INSERT INTO qu.logs SELECT 'qu-a', 1, qu.write_for('qu-c', 2)::text;
RESET SESSION AUTHORIZATION;
SET row_security = off;
SELECT * FROM qu.known('qu-a');
SELECT * FROM qu.known('qu-c');
SELECT tenant_id, count(*) FROM qu.logs GROUP BY 1 ORDER BY 1;
RESET row_security;

-- Who sees all tenants is not limited; what is known no longer is counted again.
SET row_security = off;
INSERT INTO qu.logs SELECT 'qu-c', 1, 'x' FROM generate_series(1, 5);
SELECT * FROM qu.known('qu-c');
RESET row_security;
SET SESSION AUTHORIZATION qu_app;
SET app.tenant_id = 'qu-c';
INSERT INTO qu.logs VALUES ('qu-c', 1, 'x');
DELETE FROM qu.logs WHERE ctid IN (SELECT ctid FROM qu.logs LIMIT 4);
INSERT INTO qu.logs VALUES ('qu-c', 1, 'x');
DELETE FROM qu.logs WHERE ctid IN (SELECT ctid FROM qu.logs LIMIT 2);
INSERT INTO qu.logs VALUES ('qu-c', 1, 'x');
RESET SESSION AUTHORIZATION;
BEGIN;
SET LOCAL row_security = off;
TRUNCATE qu.logs;
COMMIT;
SELECT relation, is_known FROM tenant.quotas WHERE relation = 'qu.logs'::regclass AND is_known;
SET app.tenant_id = 'qu-c';
INSERT INTO qu.logs SELECT 'qu-c', 11, 'x' FROM generate_series(1, 5);
RESET app.tenant_id;
SELECT * FROM tenant.recount('qu-c', 'qu.logs');
ALTER TABLE qu.logs DETACH PARTITION qu.logs_2;
SET app.tenant_id = 'qu-c';
INSERT INTO qu.logs SELECT 'qu-c', 1, 'x' FROM generate_series(1, 5);
RESET app.tenant_id;
DROP TABLE qu.logs_2;
SELECT relation, is_known FROM tenant.quotas WHERE is_known;
SET app.tenant_id = 'qu-c';
INSERT INTO qu.logs SELECT 'qu-c', 1, 'x';
SET track_counts = off;
INSERT INTO qu.logs SELECT 'qu-c', 1, 'x';
RESET track_counts;

-- A quota that is taken away and given again.
SELECT qu.configure('qu-c', '{}');
INSERT INTO qu.logs SELECT 'qu-c', 1, 'x' FROM generate_series(1, 5);
SELECT qu.configure('qu-c', '{"rows_per_table": 11}');
INSERT INTO qu.logs SELECT 'qu-c', 1, 'x' FROM generate_series(1, 2);
INSERT INTO qu.logs SELECT 'qu-c', 1, 'x';

-- It is said when 80 % are used: once, and again when it was less meanwhile.
DELETE FROM qu.logs;
INSERT INTO qu.logs SELECT 'qu-c', 1, 'x' FROM generate_series(1, 9);
INSERT INTO qu.logs SELECT 'qu-c', 1, 'x';
DELETE FROM qu.logs;
INSERT INTO qu.logs SELECT 'qu-c', 1, 'x';
INSERT INTO qu.logs SELECT 'qu-c', 1, 'x' FROM generate_series(1, 8);
RESET app.tenant_id;
SELECT tenant_id, type, payload FROM tenant.events WHERE type = 'tenant.quota_near' ORDER BY published_at;

-- Bytes.
SELECT qu.configure('qu-c', '{"bytes": "100kB"}');
SET app.tenant_id = 'qu-c';
DELETE FROM qu.logs;
INSERT INTO qu.logs SELECT 'qu-c', 1, repeat('x', 1000) FROM generate_series(1, 10);
\set VERBOSITY sqlstate
INSERT INTO qu.logs SELECT 'qu-c', 1, repeat('x', 1000) FROM generate_series(1, 400);
\set VERBOSITY default
RESET app.tenant_id;
SELECT relation, bytes BETWEEN 5000 AND 102400 AS fits, max_bytes FROM tenant.quotas WHERE tenant_id = 'qu-c' AND bytes IS NOT NULL;
SELECT tenant.recount('qu-c'), tenant.recount(tbl => 'pg_class');
SET ROLE qu_app;
SELECT * FROM tenant.quotas;
SELECT tenant.recount();
RESET ROLE;
DROP SCHEMA qu CASCADE;
DROP ROLE qu_app, qu_admin;
