-- DELETE marks rows, and says what a DELETE says.
\set SHOW_CONTEXT never
\set A '11111111-1111-1111-1111-111111111111'
\set B '22222222-2222-2222-2222-222222222222'
CREATE SCHEMA marks AUTHORIZATION fx_owner;
GRANT USAGE ON SCHEMA marks TO fx_app, fx_bypass;
SET SESSION AUTHORIZATION fx_owner;
CREATE TABLE marks.items (tenant_id uuid, id int, name text, PRIMARY KEY (tenant_id, id));
CREATE TABLE marks.parts (tenant_id uuid, id int, part int, PRIMARY KEY (tenant_id, id, part)) PARTITION BY LIST (part);
CREATE TABLE marks.parts_1 PARTITION OF marks.parts FOR VALUES IN (1);
CREATE TABLE marks.parts_2 PARTITION OF marks.parts FOR VALUES IN (2);
CREATE TABLE marks.open_items (id int PRIMARY KEY, name text);
CREATE TABLE marks.other (id int);
SELECT tenant.protect('marks.items'), tenant.protect('marks.parts'), tenant.share('marks.open_items');
-- Rows that are there stay alive.
SET app.tenant_id = :'A';
INSERT INTO marks.items SELECT :'A', i, 'item ' || i FROM generate_series(1, 9) i;
INSERT INTO marks.parts SELECT :'A', i, i % 2 + 1 FROM generate_series(1, 6) i;
INSERT INTO marks.open_items SELECT i, 'open ' || i FROM generate_series(1, 6) i;
INSERT INTO marks.other VALUES (4), (5), (6);
SELECT tenant.enable_soft_delete('marks.items', deleted_by => 'deleted_by'), tenant.enable_soft_delete('marks.parts'),
	tenant.enable_soft_delete('marks.open_items');
GRANT SELECT ON ALL TABLES IN SCHEMA marks TO fx_app, fx_bypass;
-- Nobody needs UPDATE to delete.
GRANT INSERT, DELETE ON ALL TABLES IN SCHEMA marks TO fx_app, fx_bypass;
RESET SESSION AUTHORIZATION;
SET app.tenant_id = :'B';
INSERT INTO marks.items SELECT :'B', i, 'theirs ' || i FROM generate_series(1, 9) i;

-- The forms of DELETE, each undone.
CREATE FUNCTION marks.counted(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE n bigint;
BEGIN
	EXECUTE command;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n;
END $$;
CREATE FUNCTION marks.drop_item(wanted int) RETURNS SETOF marks.items LANGUAGE sql AS 'DELETE FROM marks.items WHERE id = wanted RETURNING *';
CREATE FUNCTION marks.drop_and_tell(wanted int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE n bigint; was_found boolean; gone text;
BEGIN
	DELETE FROM marks.items WHERE id = wanted;
	was_found := FOUND;
	GET DIAGNOSTICS n = ROW_COUNT;
	DELETE FROM marks.items WHERE id = wanted + 1 RETURNING name INTO gone;
	RETURN was_found || ' ' || n || ' ' || gone;
END $$;
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
\set QUIET off
BEGIN;
DELETE FROM marks.items WHERE id = 1;
DELETE FROM marks.items WHERE id = 1;
DELETE FROM marks.items USING marks.other WHERE items.id = other.id;
DELETE FROM marks.items WHERE id = 2 RETURNING id, name, deleted_at = statement_timestamp() AS now, deleted_by;
DELETE FROM marks.items i USING marks.other o WHERE i.id = o.id + 3 RETURNING i.id, o.id, i.name;
WITH gone AS (DELETE FROM marks.items WHERE id = 3 RETURNING id) SELECT * FROM gone;
SELECT count(*) FROM marks.items;
ROLLBACK;
BEGIN;
DELETE FROM marks.parts WHERE id < 3;
DELETE FROM marks.parts_1 RETURNING id;
DELETE FROM ONLY marks.parts;
DELETE FROM marks.parts;
DELETE FROM marks.open_items WHERE id = 1;
ROLLBACK;
BEGIN;
DECLARE c CURSOR FOR SELECT * FROM marks.items ORDER BY id FOR UPDATE;
ROLLBACK;
BEGIN;
DECLARE c CURSOR FOR SELECT id FROM marks.items;
FETCH 2 FROM c;
DELETE FROM marks.items WHERE CURRENT OF c;
DELETE FROM marks.items WHERE CURRENT OF c;
SELECT count(*) FROM marks.items;
ROLLBACK;
BEGIN;
SELECT marks.counted('DELETE FROM marks.items WHERE id < 4'), marks.counted('DELETE FROM marks.open_items');
SELECT id, name FROM marks.drop_item(5);
SELECT marks.drop_and_tell(6);
PREPARE drop_one(int) AS DELETE FROM marks.items WHERE id = $1;
EXECUTE drop_one(8);
EXECUTE drop_one(8);
SET plan_cache_mode = force_generic_plan;
EXECUTE drop_one(9);
EXECUTE drop_one(9);
RESET plan_cache_mode;
SELECT count(*) FROM marks.items;
-- Deleted rows are not deleted again, whoever sees them.
SET LOCAL app.include_deleted = on;
DELETE FROM marks.items;
SET LOCAL app.include_deleted = alone;
DELETE FROM marks.items;
EXECUTE drop_one(1);
SELECT count(*), count(DISTINCT deleted_at), min(deleted_by) FROM marks.items;
ROLLBACK;
DEALLOCATE ALL;
\set QUIET on
EXPLAIN (COSTS OFF) DELETE FROM marks.items WHERE id = 1;
-- Without the privilege nothing is deleted.
RESET SESSION AUTHORIZATION;
REVOKE DELETE ON marks.items FROM fx_bypass;
GRANT UPDATE ON marks.items TO fx_bypass;
SET SESSION AUTHORIZATION fx_bypass;
SET app.tenant_id = :'A';
DELETE FROM marks.items WHERE id = 1;
RESET SESSION AUTHORIZATION;
GRANT DELETE ON marks.items TO fx_bypass;
REVOKE UPDATE ON marks.items FROM fx_bypass;
-- Each role, and nobody another tenant's rows.
BEGIN;
SET LOCAL app.tenant_id = :'A';
SET LOCAL SESSION AUTHORIZATION fx_bypass;
DELETE FROM marks.items WHERE id = 1;
SET LOCAL SESSION AUTHORIZATION fx_owner;
DELETE FROM marks.items WHERE id = 2;
SET LOCAL SESSION AUTHORIZATION DEFAULT;
DELETE FROM marks.items WHERE id = 3;
SET LOCAL row_security = off;
SELECT tenant_id, count(*), count(deleted_at), string_agg(DISTINCT deleted_by, ' ') FROM marks.items GROUP BY 1 ORDER BY 1;
-- It marks there too.
DELETE FROM marks.items WHERE id = 4;
SELECT count(*), count(deleted_at) FROM marks.items;
ROLLBACK;

-- Policies of one's own: what SELECT hides afterwards is no error, and DELETE's decides.
SET SESSION AUTHORIZATION fx_owner;
CREATE POLICY live ON marks.items AS RESTRICTIVE FOR SELECT USING (deleted_at IS NULL);
CREATE POLICY kept ON marks.items AS RESTRICTIVE FOR DELETE USING (id <> 1);
CREATE POLICY fixed ON marks.items AS RESTRICTIVE FOR UPDATE USING (id <> 2);
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
BEGIN;
DELETE FROM marks.items WHERE id < 4 RETURNING id;
ROLLBACK;
BEGIN;
MERGE INTO marks.items USING (VALUES (1), (2), (3)) v (i) ON id = i WHEN MATCHED THEN DELETE;
ROLLBACK;
BEGIN;
MERGE INTO marks.items USING (VALUES (2), (3)) v (i) ON id = i WHEN MATCHED THEN DELETE;
SELECT count(*) FROM marks.items;
ROLLBACK;
SET SESSION AUTHORIZATION fx_owner;
GRANT UPDATE ON marks.items TO fx_app;
SET SESSION AUTHORIZATION fx_app;
MERGE INTO marks.items USING (VALUES (2), (3)) v (i) ON id = i WHEN MATCHED AND i = 2 THEN DELETE WHEN MATCHED THEN UPDATE SET name = 'x';
SET SESSION AUTHORIZATION fx_owner;
DROP POLICY live ON marks.items;
DROP POLICY kept ON marks.items;
DROP POLICY fixed ON marks.items;
-- MERGE: a deleted row is not matched.
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
BEGIN;
DELETE FROM marks.items WHERE id = 1;
MERGE INTO marks.items USING (VALUES (1), (2), (3)) v (i) ON id = i
	WHEN MATCHED AND i = 2 THEN DELETE WHEN MATCHED THEN UPDATE SET name = 'merged' WHEN NOT MATCHED THEN INSERT VALUES (:'A', i + 100, 'new');
SELECT id, name FROM marks.items WHERE id < 4 OR id > 100 ORDER BY id;
ROLLBACK;
-- An upsert does not wake a deleted row.
BEGIN;
DELETE FROM marks.items WHERE id = 1;
INSERT INTO marks.items VALUES (:'A', 1, 'again') ON CONFLICT DO NOTHING;
SAVEPOINT s;
INSERT INTO marks.items VALUES (:'A', 1, 'again');
ROLLBACK TO s;
INSERT INTO marks.items VALUES (:'A', 1, 'again') ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name;
ROLLBACK;

-- What is about to reference a row needs a live one; what looks for rows that reference one sees all.
SET SESSION AUTHORIZATION fx_owner;
CREATE TABLE marks.notes (tenant_id uuid, id int, item int, FOREIGN KEY (tenant_id, item) REFERENCES marks.items);
SELECT tenant.protect('marks.notes');
GRANT ALL ON marks.notes TO fx_app;
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
BEGIN;
INSERT INTO marks.notes VALUES (:'A', 1, 1), (:'A', 3, 3);
UPDATE marks.notes SET item = 2 WHERE id = 1;
DELETE FROM marks.items WHERE id = 4;
SAVEPOINT s;
INSERT INTO marks.notes VALUES (:'A', 2, 4);
ROLLBACK TO s;
UPDATE marks.notes SET item = 4;
ROLLBACK TO s;
RESET SESSION AUTHORIZATION;
SELECT tenant.hard_delete();
DELETE FROM marks.items WHERE id = 3;
ROLLBACK;
SET SESSION AUTHORIZATION fx_owner;
DROP TABLE marks.notes;

-- To triggers it is an UPDATE, of a live row into a deleted one.
RESET SESSION AUTHORIZATION;
CREATE FUNCTION marks.tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE NOTICE '% % %: old % deleted %, new deleted %', TG_WHEN, TG_OP, TG_LEVEL, OLD.id, OLD.deleted_at IS NOT NULL,
		CASE WHEN TG_OP = 'UPDATE' THEN (NEW.deleted_at IS NOT NULL)::text ELSE '-' END;
	RETURN CASE WHEN TG_OP = 'UPDATE' THEN NEW ELSE OLD END;
END $$;
CREATE TRIGGER told_before BEFORE UPDATE OR DELETE ON marks.items FOR EACH ROW EXECUTE FUNCTION marks.tell();
CREATE TRIGGER told_after AFTER UPDATE OR DELETE ON marks.items FOR EACH ROW EXECUTE FUNCTION marks.tell();
CREATE TRIGGER told_column AFTER UPDATE OF deleted_at ON marks.items FOR EACH ROW EXECUTE FUNCTION marks.tell();
CREATE TRIGGER told_other AFTER UPDATE OF name ON marks.items FOR EACH ROW EXECUTE FUNCTION marks.tell();
SET app.tenant_id = :'A';
BEGIN;
DELETE FROM marks.items WHERE id = 1;
SELECT tenant.hard_delete();
DELETE FROM marks.items WHERE id = 2;
ROLLBACK;
SET client_min_messages = warning;
-- One that says no is obeyed.
CREATE FUNCTION marks.say_no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER a_no BEFORE UPDATE ON marks.items FOR EACH ROW WHEN (OLD.id = 1) EXECUTE FUNCTION marks.say_no();
DELETE FROM marks.items WHERE id = 1;
DROP TRIGGER a_no ON marks.items;
DROP TRIGGER told_before ON marks.items;
DROP TRIGGER told_after ON marks.items;
DROP TRIGGER told_column ON marks.items;
DROP TRIGGER told_other ON marks.items;
RESET client_min_messages;

-- Restoring, and real deletion.
BEGIN;
DELETE FROM marks.items WHERE id < 4;
SELECT tenant.restore_rows('marks.items', 'id < 3');
SELECT id, deleted_at, deleted_by FROM marks.items WHERE id < 4 ORDER BY id;
SET LOCAL app.include_deleted = on;
UPDATE marks.items SET deleted_at = NULL WHERE id = 3;
UPDATE marks.items SET deleted_at = now() WHERE id = 5;
RESET app.include_deleted;
SELECT string_agg(id::text, ' ' ORDER BY id) FROM marks.items;
SELECT tenant.hard_delete();
DELETE FROM marks.items WHERE id = 1;
DELETE FROM marks.items WHERE id = 5;
SET LOCAL app.include_deleted = alone;
DELETE FROM marks.items WHERE id = 5;
RESET app.include_deleted;
SET LOCAL row_security = off;
SELECT count(*), count(deleted_at) FROM marks.items;
ROLLBACK;
-- It ends with the transaction, also for plans that are kept.
PREPARE drop_one(int) AS DELETE FROM marks.items WHERE id = $1;
SET plan_cache_mode = force_generic_plan;
BEGIN;
EXECUTE drop_one(1);
SAVEPOINT s;
SELECT tenant.hard_delete();
EXECUTE drop_one(2);
ROLLBACK TO s;
EXECUTE drop_one(3);
SET LOCAL app.include_deleted = on;
SELECT id, deleted_at IS NOT NULL AS deleted FROM marks.items WHERE id < 4 ORDER BY id;
ROLLBACK;
BEGIN;
SELECT tenant.hard_delete();
EXECUTE drop_one(2);
ROLLBACK;
BEGIN;
EXECUTE drop_one(2);
SET LOCAL app.include_deleted = on;
SELECT id, deleted_at IS NOT NULL AS deleted FROM marks.items WHERE id = 2;
ROLLBACK;
DEALLOCATE ALL;
RESET plan_cache_mode;
-- Not for everybody.
SET SESSION AUTHORIZATION fx_app;
SELECT tenant.hard_delete();
SET pg_tenant.hard_delete = on;
SELECT tenant.lock_deleted('marks.items'::regclass, '(0,1)', now());
BEGIN;
WITH mine AS (UPDATE marks.items SET name = name RETURNING 1)
	SELECT tenant.lock_deleted('marks.items'::regclass, format('(0,%s)', i)::tid, now()) FROM generate_series(1, 18) i;
ROLLBACK;
SELECT tenant.restore_rows('marks.items', 'true');
SELECT tenant.enable_soft_delete('marks.other');
RESET SESSION AUTHORIZATION;

-- Bad input.
SET SESSION AUTHORIZATION fx_owner;
CREATE VIEW marks.view AS SELECT 1 AS id;
CREATE TABLE marks.wrong (id int, deleted_at timestamp, who int, born timestamptz NOT NULL DEFAULT now(), made timestamptz DEFAULT now());
SELECT tenant.enable_soft_delete('marks.items');
SELECT tenant.enable_soft_delete('marks.wrong');
SELECT tenant.enable_soft_delete('marks.wrong', 'born');
SELECT tenant.enable_soft_delete('marks.wrong', 'made');
SELECT tenant.enable_soft_delete('marks.wrong', 'new_column', deleted_by => 'who');
SELECT tenant.enable_soft_delete('marks.wrong', 'ctid');
SELECT tenant.enable_soft_delete('marks.wrong', '');
SELECT tenant.enable_soft_delete(NULL);
SELECT tenant.enable_soft_delete('marks.view');
SELECT tenant.enable_soft_delete('marks.parts_1');
SELECT tenant.disable_soft_delete('marks.parts_1');
SELECT tenant.disable_soft_delete('marks.wrong');
SELECT tenant.restore_rows('marks.wrong', 'true');
SELECT tenant.restore_rows('marks.items', NULL);
SELECT tenant.restore_rows('marks.items', 'no_such_column');
RESET SESSION AUTHORIZATION;
SELECT tenant.enable_soft_delete('pg_class');
SELECT tenant.enable_soft_delete('tenant.tenants');
\d marks.wrong
-- And the end of it.
SET SESSION AUTHORIZATION fx_owner;
SET app.tenant_id = :'A';
DELETE FROM marks.items WHERE id = 9;
SELECT tenant.disable_soft_delete('marks.items');
SELECT count(*), count(deleted_at) FROM marks.items;
DELETE FROM marks.items WHERE id = 9;
SELECT count(*), count(deleted_at) FROM marks.items;
SELECT tenant.disable_soft_delete('marks.parts');
SELECT tbl FROM tenant.soft_deleted_tables WHERE tbl::text LIKE 'marks.%';
RESET SESSION AUTHORIZATION;
