-- Rows that were marked long enough ago are removed, and all rows of a deleted tenant. In a database of its own, since what is
-- left of other files would be counted.
\set SHOW_CONTEXT never
\set A '11111111-1111-1111-1111-111111111111'
\set B '22222222-2222-2222-2222-222222222222'
CREATE DATABASE regress_purge;
\c regress_purge
CREATE EXTENSION pg_tenant;
GRANT CREATE ON DATABASE regress_purge TO fx_owner;
SELECT (tenant.provision(:'A', 'Ann')).status, (tenant.provision(:'B', 'Bob')).status, (tenant.provision('7')).status;

SET SESSION AUTHORIZATION fx_owner;
SET client_min_messages = warning;
CREATE SCHEMA shop;
CREATE TABLE shop.items (tenant_id uuid, id int, name text, PRIMARY KEY (tenant_id, id));
CREATE TABLE shop.more_items () INHERITS (shop.items);
CREATE TABLE shop.parts (id int, tenant_id uuid, part int, PRIMARY KEY (tenant_id, id, part)) PARTITION BY LIST (part);
CREATE TABLE shop.parts_1 PARTITION OF shop.parts FOR VALUES IN (1);
CREATE TABLE shop.parts_2 (part int NOT NULL, tenant_id uuid NOT NULL, id int NOT NULL);
ALTER TABLE shop.parts ATTACH PARTITION shop.parts_2 FOR VALUES IN (2);
CREATE TABLE shop.open_items (id int PRIMARY KEY);
-- A bill has lines, which have notes; folders are in folders; left and right are in each other.
CREATE TABLE shop.bills (tenant_id uuid, id int, PRIMARY KEY (tenant_id, id));
CREATE TABLE shop.lines (tenant_id uuid, id int, bill int, PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, bill) REFERENCES shop.bills ON DELETE CASCADE);
CREATE TABLE shop.notes (tenant_id uuid, id int, line int, PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, line) REFERENCES shop.lines);
CREATE TABLE shop.folders (tenant_id uuid, id int, parent int, PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, parent) REFERENCES shop.folders);
CREATE TABLE shop.lefts (tenant_id uuid, id int, other int, PRIMARY KEY (tenant_id, id));
CREATE TABLE shop.rights (tenant_id uuid, id int, other int, PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, other) REFERENCES shop.lefts DEFERRABLE INITIALLY DEFERRED);
ALTER TABLE shop.lefts ADD FOREIGN KEY (tenant_id, other) REFERENCES shop.rights DEFERRABLE INITIALLY DEFERRED;
CREATE TABLE shop.kept (tenant_id uuid, id int);
CREATE TABLE shop.by_number (tenant_id bigint, id int);
CREATE TABLE shop.by_name (org text, id int);
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['items', 'parts', 'bills', 'lines', 'notes', 'folders', 'lefts', 'rights'] LOOP
		PERFORM tenant.protect(('shop.' || name)::regclass);
		PERFORM tenant.enable_soft_delete(('shop.' || name)::regclass);
	END LOOP;
	PERFORM tenant.protect('shop.kept'), tenant.protect('shop.by_number', column_type => 'bigint'), tenant.protect('shop.by_name', 'org');
	PERFORM tenant.share('shop.open_items'), tenant.enable_soft_delete('shop.open_items');
END
$$;
RESET client_min_messages;
GRANT USAGE ON SCHEMA shop TO fx_app, fx_bypass;
-- Nobody has privileges on partitions and children.
GRANT SELECT, INSERT, DELETE ON shop.items, shop.parts, shop.bills, shop.lines, shop.notes, shop.folders, shop.lefts, shop.rights, shop.open_items
	TO fx_app, fx_bypass;
RESET SESSION AUTHORIZATION;
GRANT tenant_admin TO fx_app, fx_bypass;
-- Rows of both tenants that are marked since ten days, one day, and that are live.
CREATE PROCEDURE shop.fill() LANGUAGE plpgsql AS $$
DECLARE
	tenant_id uuid;
BEGIN
	FOREACH tenant_id IN ARRAY ARRAY['11111111-1111-1111-1111-111111111111', '22222222-2222-2222-2222-222222222222']::uuid[] LOOP
		-- Marked since 100, 10 and 1 days, and live.
		CREATE TEMP TABLE ages ON COMMIT DROP AS SELECT i AS id, now() - make_interval(days => (10 ^ (3 - i))::int) AS at FROM generate_series(1, 3) i
			UNION ALL SELECT 4, NULL;
		INSERT INTO shop.items SELECT tenant_id, id, 'item', at FROM ages;
		INSERT INTO shop.more_items SELECT tenant_id, id, 'more', at FROM ages;
		INSERT INTO shop.parts SELECT id, tenant_id, id % 2 + 1, at FROM ages;
		INSERT INTO shop.bills SELECT tenant_id, id, at FROM ages;
		DROP TABLE ages;
	END LOOP;
	INSERT INTO shop.open_items SELECT i, now() - interval '10 days' FROM generate_series(1, 5) i;
END
$$;
SET row_security = off;
CALL shop.fill();
RESET row_security;
CREATE FUNCTION shop.left_rows() RETURNS TABLE (tbl text, tenant text, ids text) LANGUAGE plpgsql SET row_security = off AS $$
DECLARE
	known record;
BEGIN
	FOR known IN SELECT p.tbl, tenant_column FROM tenant.protected_tables p WHERE p.part_of IS NULL ORDER BY p.tbl::text COLLATE "C" LOOP
		RETURN QUERY EXECUTE format('SELECT %L, left(%I::text, 4), count(*) || '': '' || left(string_agg(id::text, '','' ORDER BY id), 40) FROM %s GROUP BY 2 ORDER BY 2',
			known.tbl, known.tenant_column, known.tbl);
	END LOOP;
END
$$;

-- What is refused, and nothing is changed.
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
CALL tenant.purge_deleted(NULL, '1 day');
CALL tenant.purge_deleted('shop.items', NULL);
CALL tenant.purge_deleted('shop.items', '-1 day');
CALL tenant.purge_deleted('shop.kept', '1 day');
CALL tenant.purge_deleted('pg_class', '1 day');
CALL tenant.purge_deleted('shop.parts_1', '1 day');
CALL tenant.purge_all(NULL);
CALL tenant.purge_all('1 day', 0);
BEGIN;
CALL tenant.purge_deleted('shop.items', '1 day');
ROLLBACK;
BEGIN;
CALL tenant.purge_all('1 day');
ROLLBACK;
DO $$ BEGIN BEGIN CALL tenant.purge_all('1 day'); EXCEPTION WHEN no_data_found THEN NULL; END; END $$;
RESET app.tenant_id;
CALL tenant.purge_deleted('shop.items', '1 day');
CALL tenant.purge_all('1 day');
SET app.tenant_id = '7';
CALL tenant.purge_deleted('shop.items', '1 day');
SET app.tenant_id = 'nobody';
CALL tenant.purge_deleted('shop.items', '1 day');
SET SESSION AUTHORIZATION fx_owner;
REVOKE DELETE ON shop.items FROM fx_app;
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
CALL tenant.purge_deleted('shop.items', '1 day');
SET SESSION AUTHORIZATION fx_owner;
GRANT DELETE ON shop.items TO fx_app;
-- Policies of the table's own are not asked, so that is for the owner.
CREATE POLICY not_all ON shop.parts AS RESTRICTIVE USING (id > 1);
SET SESSION AUTHORIZATION fx_app;
CALL tenant.purge_deleted('shop.parts', '1 day');
SET SESSION AUTHORIZATION fx_owner;
DROP POLICY not_all ON shop.parts;
SELECT (tenant.suspend(:'A')).status;
SET SESSION AUTHORIZATION fx_app;
CALL tenant.purge_deleted('shop.parts', '1 day');
SET SESSION AUTHORIZATION fx_owner;
SELECT (tenant.resume(:'A')).status;
RESET SESSION AUTHORIZATION;
SELECT * FROM shop.left_rows();

-- A tenant's rows that are old enough, with children and partitions.
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
CALL tenant.purge_deleted('shop.items', '50 days');
CALL tenant.purge_deleted('shop.items', '5 days', 100);
CALL tenant.purge_deleted('shop.items', '5 days');
CALL tenant.purge_deleted('shop.parts', '5 days');
RESET SESSION AUTHORIZATION;
SELECT * FROM shop.left_rows();
-- The rest of its tables; the batch is small.
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
CALL tenant.purge_all('1 hour', 1);
RESET SESSION AUTHORIZATION;
SELECT * FROM shop.left_rows();
SELECT count(*) FROM shop.open_items;
-- All tenants', for a role that may.
SET SESSION AUTHORIZATION fx_app;
SET row_security = off;
CALL tenant.purge_deleted('shop.bills', '50 days');
SET SESSION AUTHORIZATION fx_bypass;
SET row_security = off;
CALL tenant.purge_deleted('shop.bills', '50 days');
RESET SESSION AUTHORIZATION;
SET row_security = off;
CALL tenant.purge_all('5 days');
RESET row_security;
SELECT * FROM shop.left_rows();

-- Foreign keys: who references goes first, and with it; what others reference stays.
SET SESSION AUTHORIZATION fx_owner;
SET app.tenant_id = :'A';
SET app.include_deleted = on;
INSERT INTO shop.bills SELECT :'A', i FROM generate_series(11, 14) i;
INSERT INTO shop.lines SELECT :'A', i, i FROM generate_series(11, 14) i;
INSERT INTO shop.notes SELECT :'A', i, i FROM generate_series(11, 12) i;
UPDATE shop.notes SET deleted_at = now() - interval '9 days';
UPDATE shop.lines SET deleted_at = now() - CASE id WHEN 13 THEN interval '1 day' ELSE '9 days' END WHERE id <> 14;
UPDATE shop.bills SET deleted_at = now() - interval '9 days' WHERE id IN (11, 13);
RESET app.include_deleted;
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
-- Line 13 was marked later, and would be removed by the key.
CALL tenant.purge_deleted('shop.bills', '5 days');
RESET SESSION AUTHORIZATION;
SELECT * FROM shop.left_rows() WHERE tbl IN ('shop.bills', 'shop.lines', 'shop.notes') AND tenant = '1111';
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
CALL tenant.purge_all('5 days');
CALL tenant.purge_all('1 hour');
RESET SESSION AUTHORIZATION;
SELECT * FROM shop.left_rows() WHERE tbl IN ('shop.bills', 'shop.lines', 'shop.notes') AND tenant = '1111';
-- A tree, a row that references itself, and circles.
SET SESSION AUTHORIZATION fx_owner;
SET app.tenant_id = :'A';
INSERT INTO shop.folders SELECT :'A', i, nullif(i / 2, 0) FROM generate_series(1, 20) i;
INSERT INTO shop.folders VALUES (:'A', 30, 30), (:'A', 40, 41), (:'A', 41, 40), (:'A', 50, 10);
SET app.include_deleted = on;
UPDATE shop.folders SET deleted_at = now() - CASE id WHEN 50 THEN interval '1 hour' ELSE '9 days' END;
RESET app.include_deleted;
CALL tenant.purge_deleted('shop.folders', '5 days');
RESET SESSION AUTHORIZATION;
SELECT * FROM shop.left_rows() WHERE tbl = 'shop.folders';

-- What is done for the owner of a table ends with it: neither the owner nor the caller gets the other's rights. Triggers that are
-- deferred run at once, as the owner too.
SET SESSION AUTHORIZATION fx_owner;
CREATE TABLE shop.traps (tenant_id uuid, id int);
SELECT tenant.protect('shop.traps'), tenant.enable_soft_delete('shop.traps');
CREATE FUNCTION shop.trap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE NOTICE '% by %, path %', TG_NAME, current_user, current_setting('search_path');
	PERFORM set_config('work_mem', '64kB', false);
	BEGIN
		EXECUTE 'DECLARE spring CURSOR WITH HOLD FOR SELECT current_user';
	EXCEPTION WHEN insufficient_privilege THEN
		RAISE NOTICE '%', SQLERRM;
	END;
	RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER later AFTER DELETE ON shop.traps DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION shop.trap();
CREATE TRIGGER now AFTER DELETE ON shop.traps FOR EACH ROW EXECUTE FUNCTION shop.trap();
SET app.tenant_id = :'A';
INSERT INTO shop.traps (id) VALUES (1), (2);
DELETE FROM shop.traps WHERE id = 1;
RESET SESSION AUTHORIZATION;
SET app.tenant_id = :'A';
SET search_path = shop;
SET work_mem = '5MB';
CALL tenant.purge_deleted('shop.traps', '0 s');
SHOW work_mem;
SHOW search_path;
RESET search_path;
RESET work_mem;
-- So it will be when the tenant goes, and with rows that go together.
CREATE CONSTRAINT TRIGGER later AFTER DELETE ON shop.lefts DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.id = 1)
	EXECUTE FUNCTION shop.trap();

-- Triggers run when rows really go, by the table's owner, for the tenant; what they delete is marked.
SET SESSION AUTHORIZATION fx_owner;
CREATE FUNCTION shop.note_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO shop.kept (id) VALUES (OLD.id);
	DELETE FROM shop.bills WHERE id = OLD.id;
	RAISE NOTICE '% of % goes, by %', OLD.id, tenant.current_id(), current_user;
	RETURN OLD;
END $$;
CREATE TRIGGER note_gone BEFORE DELETE ON shop.items FOR EACH ROW EXECUTE FUNCTION shop.note_gone();
SET app.tenant_id = :'B';
INSERT INTO shop.bills VALUES (:'B', 20);
INSERT INTO shop.items VALUES (:'B', 20, 'twenty', now() - interval '9 days');
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'B';
CALL tenant.purge_deleted('shop.items', '5 days');
SELECT count(*) FROM shop.bills WHERE id = 20;
SET app.include_deleted = on;
SELECT count(*) FROM shop.bills WHERE id = 20;
RESET SESSION AUTHORIZATION;
SELECT * FROM shop.left_rows() WHERE tbl = 'shop.kept';
SELECT * FROM tenant.stat_progress_purge;

-- A tenant.
SET row_security = off;
INSERT INTO shop.by_number VALUES (7, 1), (7, 2), (8, 1);
INSERT INTO shop.by_name VALUES (:'A', 1), (:'B', 1), ('7', 7);
INSERT INTO shop.lines VALUES (:'A', 20, 14);
INSERT INTO shop.notes VALUES (:'A', 20, 20);
BEGIN;
INSERT INTO shop.lefts SELECT t, i, i % 5 + 1 FROM generate_series(1, 5) i, unnest(ARRAY[:'A', :'B']::uuid[]) t;
INSERT INTO shop.rights SELECT t, i, i FROM generate_series(1, 5) i, unnest(ARRAY[:'A', :'B']::uuid[]) t;
COMMIT;
INSERT INTO shop.folders SELECT :'A', 1000 + i, CASE WHEN i > 0 THEN 999 + i END FROM generate_series(0, 60) i;
UPDATE shop.folders SET deleted_at = now() WHERE id >= 1050;
RESET row_security;
SELECT tenant.add_resource(:'A', 'bucket', 'a'), tenant.add_resource(:'B', 'bucket', 'b');
CREATE ROLE fx_bound LOGIN;
CREATE ROLE fx_bound_twice LOGIN;
SELECT tenant.grant_tenant('fx_bound', :'A'), tenant.grant_tenant('fx_bound_twice', :'A'), tenant.grant_tenant('fx_bound_twice', :'B');
SET SESSION AUTHORIZATION fx_app;
CALL tenant.purge(:'A');
CALL tenant.purge(:'A', dry_run => true);
CALL tenant.purge('nobody', dry_run => true);
CALL tenant.purge('nobody');
CALL tenant.purge(NULL);
SET app.tenant_id = :'A';
SELECT count(*) FROM shop.items;
SELECT status, deleted_at IS NOT NULL AS at FROM tenant.soft_delete(:'A');
SELECT count(*) FROM shop.items;
RESET app.tenant_id;
-- The detail says when it was deleted.
\set VERBOSITY terse
CALL tenant.purge(:'A');
\set VERBOSITY default
SET pg_tenant.purge_grace = 0;
BEGIN;
CALL tenant.purge(:'A', force => true);
ROLLBACK;
SELECT * FROM tenant.purges;
RESET SESSION AUTHORIZATION;
SET row_security = off;
INSERT INTO shop.kept VALUES (:'A', 1);
RESET row_security;
SELECT * FROM shop.left_rows();
-- Whose trigger keeps a row is told; the purge has begun then, and there is no way back.
SET SESSION AUTHORIZATION fx_owner;
CREATE FUNCTION shop.keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER keep BEFORE DELETE ON shop.kept FOR EACH ROW EXECUTE FUNCTION shop.keep();
CALL tenant.purge(:'A', force => true);
SELECT tenant.restore(:'A');
SELECT tenant_id, started_by, forced, finished_at FROM tenant.purges;
SELECT tbl, rows FROM tenant.purged_rows ORDER BY tbl COLLATE "C";
DROP TRIGGER keep ON shop.kept;
-- Of all tenants that are not active only this one passes, for triggers of its rows.
SELECT (tenant.provision('77777777-7777-7777-7777-777777777777', activate => false)).status;
CREATE FUNCTION shop.look_elsewhere() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('app.tenant_id', '77777777-7777-7777-7777-777777777777', true);
	BEGIN
		PERFORM count(*) FROM shop.items;
		RAISE NOTICE 'passed';
	EXCEPTION WHEN OTHERS THEN
		RAISE NOTICE '% %', SQLSTATE, SQLERRM;
	END;
	PERFORM set_config('app.tenant_id', OLD.tenant_id::text, true);
	PERFORM count(*) FROM shop.items;
	RETURN OLD;
END $$;
CREATE TRIGGER look_elsewhere BEFORE DELETE ON shop.kept FOR EACH ROW EXECUTE FUNCTION shop.look_elsewhere();
-- It goes on without force, whatever the session's own tenant is.
SET app.tenant_id = :'B';
CALL tenant.purge(:'A');
DROP TRIGGER look_elsewhere ON shop.kept;
SELECT tenant.current_id();
SELECT tenant_id, started_by, forced, finished_at > started_at AS finished, finished_by FROM tenant.purges;
SELECT tbl, rows FROM tenant.purged_rows ORDER BY tbl COLLATE "C";
SELECT tenant_id FROM tenant.tenants ORDER BY 1;
SELECT tenant_id, resource_id FROM tenant.resources;
SELECT * FROM tenant.role_tenants ORDER BY role::text COLLATE "C", 2;
CALL tenant.purge(:'A');
SET app.tenant_id = :'A';
SELECT count(*) FROM shop.items;
RESET SESSION AUTHORIZATION;
SELECT * FROM shop.left_rows();
-- Whose ids are numbers.
RESET app.tenant_id;
SELECT (tenant.soft_delete('7')).status;
UPDATE tenant.tenants SET deleted_at = now() - interval '31 days' WHERE tenant_id = '7';
CALL tenant.purge('7');
SELECT * FROM shop.left_rows() WHERE tbl LIKE 'shop.by%';
SELECT tenant_id, forced FROM tenant.purges ORDER BY started_at;
-- Held to its tenants, a session purges none.
SELECT (tenant.soft_delete(:'B')).status;
BEGIN;
SELECT (tenant.restore(:'B')).status;
SELECT tenant.set(:'B') IS NOT NULL AND tenant.seal() IS NULL AS sealed;
CALL tenant.purge(:'B', dry_run => true);
ROLLBACK;
-- What is no table of its own is told.
SET client_min_messages = warning;
SET row_security = off;
CREATE MATERIALIZED VIEW shop.seen AS SELECT tenant_id, id FROM shop.folders;
SELECT tenant.protect('shop.seen');
RESET row_security;
RESET client_min_messages;
CALL tenant.purge(:'B', force => true);
SELECT * FROM shop.left_rows();
-- In a session that has had no channel and no temporary table before.
\c
SELECT (tenant.provision('8')).status, (tenant.soft_delete('8')).status;
CREATE FUNCTION shop.listen() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN CREATE TEMP TABLE IF NOT EXISTS first (a int); LISTEN first; RETURN OLD; END';
CREATE TRIGGER listen BEFORE DELETE ON shop.by_number FOR EACH ROW EXECUTE FUNCTION shop.listen();
CREATE TRIGGER listen BEFORE DELETE ON shop.open_items FOR EACH ROW EXECUTE FUNCTION shop.listen();
-- For all tenants a purge runs triggers as its caller, and so the session keeps what they make; otherwise they make none.
INSERT INTO shop.open_items (id) VALUES (100);
DELETE FROM shop.open_items;
SET row_security = off;
CALL tenant.purge_deleted('shop.open_items', '0 s');
RESET row_security;
CALL tenant.purge('8', force => true);
DROP TRIGGER listen ON shop.by_number;
CALL tenant.purge('8', force => true);
\c regress
DROP DATABASE regress_purge;
DROP ROLE fx_bound, fx_bound_twice;
REVOKE tenant_admin FROM fx_app, fx_bypass;
