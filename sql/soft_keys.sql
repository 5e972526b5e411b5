-- Foreign keys of tables whose rows are soft-deleted: what ON DELETE says is done when a row is marked, and undone
-- when it is restored, within the tenant. Unique keys that deleted rows do not block.
\set A '11111111-1111-1111-1111-111111111111'
\set B '22222222-2222-2222-2222-222222222222'
SET client_min_messages = warning;
CREATE SCHEMA sk AUTHORIZATION fx_owner;
GRANT USAGE ON SCHEMA sk TO fx_app;

SET SESSION AUTHORIZATION fx_owner;
CREATE TABLE sk.parents (tenant_id uuid, id int, PRIMARY KEY (tenant_id, id));
CREATE TABLE sk.children (tenant_id uuid, id int, parent int, PRIMARY KEY (tenant_id, id),
	CONSTRAINT child_of FOREIGN KEY (tenant_id, parent) REFERENCES sk.parents ON DELETE CASCADE);
CREATE TABLE sk.grandchildren (tenant_id uuid, id int, child int, PRIMARY KEY (tenant_id, id),
	CONSTRAINT grandchild_of FOREIGN KEY (tenant_id, child) REFERENCES sk.children ON DELETE CASCADE);
INSERT INTO sk.parents SELECT t, i FROM unnest(ARRAY[:'A', :'B']::uuid[]) t, generate_series(1, 3) i;
INSERT INTO sk.children SELECT tenant_id, id, (id + 1) / 2 FROM (SELECT DISTINCT tenant_id FROM sk.parents) t, generate_series(1, 4) id;
INSERT INTO sk.grandchildren SELECT tenant_id, id, id FROM sk.children;
SELECT tenant.protect('sk.parents'), tenant.protect('sk.children'), tenant.protect('sk.grandchildren');
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA sk TO fx_app;
SELECT tenant.enable_soft_delete('sk.parents', deleted_by => 'deleted_by');
SELECT tenant.enable_soft_delete('sk.children', 'gone', 'gone_by');
RESET SESSION AUTHORIZATION;

-- Who is live and who is not, in one line.
CREATE FUNCTION sk.state() RETURNS text LANGUAGE sql SET app.include_deleted = 'on' AS $$
	SELECT concat_ws(' ', (SELECT string_agg(CASE WHEN deleted_at IS NULL THEN 'p' ELSE '-p' END || id, ' ' ORDER BY id) FROM sk.parents),
		(SELECT string_agg(CASE WHEN gone IS NULL THEN 'c' ELSE '-c' END || id || coalesce('(' || gone_by || ')', ''), ' ' ORDER BY id) FROM sk.children),
		(SELECT string_agg(CASE WHEN to_jsonb(g) ->> 'deleted_at' IS NULL THEN 'g' ELSE '-g' END || id, ' ' ORDER BY id) FROM sk.grandchildren g))
$$;

-- A table that has its rows removed under CASCADE is in the way as long as it has some.
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
DELETE FROM sk.parents WHERE id = 1;
SELECT sk.state();
DELETE FROM sk.parents WHERE id = 3;
RESET SESSION AUTHORIZATION;
SELECT tenant.enable_soft_delete('sk.grandchildren');

-- CASCADE marks what is live, whoever deletes, with the same moment.
SET SESSION AUTHORIZATION fx_app;
DELETE FROM sk.children WHERE id = 2;
SELECT sk.state();
DELETE FROM sk.parents WHERE id = 1;
SELECT sk.state();
SET app.include_deleted = on;
SELECT count(DISTINCT moment) FROM (SELECT deleted_at AS moment FROM sk.parents WHERE id = 1
	UNION ALL SELECT gone FROM sk.children WHERE id = 1 UNION ALL SELECT deleted_at FROM sk.grandchildren WHERE id = 1) m;
RESET app.include_deleted;

-- A live row under a dead one is refused, whichever way it would come to be.
INSERT INTO sk.children VALUES (:'A', 5, 1);
UPDATE sk.children SET parent = 1 WHERE id = 3;
SELECT tenant.restore_rows('sk.children', 'id = 1');
SET app.include_deleted = on;
UPDATE sk.children SET gone = NULL WHERE id = 1;
-- What is dead itself may be there.
UPDATE sk.children SET gone_by = 'me' WHERE id = 1;
INSERT INTO sk.children VALUES (:'A', 6, 1, now());
RESET app.include_deleted;

-- Restoring brings back what was marked with it.
RESET SESSION AUTHORIZATION;
SET ROLE fx_owner;
SELECT tenant.restore_rows('sk.parents', 'id = 1');
SELECT sk.state();
SELECT tenant.restore_rows('sk.children', 'id = 2');
SELECT sk.state();
RESET ROLE;

-- By a hand-written UPDATE it is the same, with its moment.
SET SESSION AUTHORIZATION fx_app;
UPDATE sk.parents SET deleted_at = '2026-01-01', deleted_by = 'hand' WHERE id = 2;
SELECT sk.state();
SET app.include_deleted = on;
SELECT id, gone FROM sk.children WHERE gone_by = 'hand' ORDER BY id;
UPDATE sk.parents SET deleted_at = NULL WHERE id = 2;
RESET app.include_deleted;
SELECT sk.state();

-- In one transaction with what made the rows; and by one that deletes both ends.
BEGIN;
INSERT INTO sk.parents VALUES (:'A', 10);
INSERT INTO sk.children VALUES (:'A', 10, 10), (:'A', 11, 10);
DELETE FROM sk.parents WHERE id = 10;
SELECT sk.state();
SAVEPOINT s;
INSERT INTO sk.children VALUES (:'A', 12, 10);
ROLLBACK TO s;
WITH c AS (DELETE FROM sk.children WHERE id = 3 RETURNING parent), p AS (DELETE FROM sk.parents WHERE id IN (SELECT parent FROM c) RETURNING id) SELECT * FROM p;
SELECT sk.state();
ROLLBACK;

-- The other tenant has seen nothing of it.
SET app.tenant_id = :'B';
SELECT sk.state();
SET app.tenant_id = :'A';
RESET SESSION AUTHORIZATION;

-- A key that does not pair the tenants: a row of another tenant is never marked.
CREATE TABLE sk.loose (id int PRIMARY KEY, tenant_id uuid);
CREATE TABLE sk.loose_children (id int PRIMARY KEY, tenant_id uuid, parent int REFERENCES sk.loose ON DELETE CASCADE);
INSERT INTO sk.loose VALUES (1, :'A'), (2, :'A'), (3, :'B');
INSERT INTO sk.loose_children VALUES (1, :'A', 1), (3, :'B', 3);
SELECT tenant.protect('sk.loose'), tenant.protect('sk.loose_children');
SELECT tenant.enable_soft_delete('sk.loose'), tenant.enable_soft_delete('sk.loose_children');
-- A row from before it was protected, say.
SET session_replication_role = replica;
INSERT INTO sk.loose_children VALUES (2, :'A', 2);
SET row_security = off;
UPDATE sk.loose_children SET tenant_id = :'B' WHERE id = 2;
RESET row_security;
RESET session_replication_role;
DELETE FROM sk.loose WHERE id = 2;
DELETE FROM sk.loose WHERE id = 1;
SET row_security = off;
SELECT id, deleted_at IS NULL AS live FROM sk.loose_children ORDER BY id;
RESET row_security;

-- The other actions, for each of them a key of its own; 0 is the default.
CREATE TABLE sk.p (id int PRIMARY KEY);
CREATE TABLE sk.c (id int PRIMARY KEY, a int DEFAULT 0, b int DEFAULT 0, kind text);
INSERT INTO sk.p SELECT generate_series(0, 9);
SELECT tenant.enable_soft_delete('sk.p'), tenant.enable_soft_delete('sk.c');
CREATE FUNCTION sk.attempt(action text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	outcome text;
BEGIN
	EXECUTE 'ALTER TABLE sk.c ADD CONSTRAINT key FOREIGN KEY (a) REFERENCES sk.p ' || action;
	INSERT INTO sk.c VALUES (1, 1), (2, 1), (3, 2), (4, 4);
	DELETE FROM sk.c WHERE id = 2;
	BEGIN
		DELETE FROM sk.p WHERE id IN (1, 3);
		outcome := 'done';
	EXCEPTION WHEN foreign_key_violation THEN
		outcome := SQLERRM;
	END;
	PERFORM set_config('app.include_deleted', 'on', true);
	outcome := concat_ws(': ', outcome, (SELECT string_agg(concat_ws(' ', id, coalesce(a::text, 'null'), CASE WHEN deleted_at IS NOT NULL THEN 'dead' END), ', ' ORDER BY id) FROM sk.c));
	RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = outcome;
EXCEPTION WHEN SQLSTATE 'ZZ000' THEN
	RETURN SQLERRM;
END
$$;
SELECT action, sk.attempt(action) FROM unnest(ARRAY['', 'ON DELETE RESTRICT', 'ON DELETE CASCADE', 'ON DELETE SET NULL', 'ON DELETE SET DEFAULT',
	'DEFERRABLE INITIALLY DEFERRED', 'ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED']) action;
-- The default may be the row that is deleted.
ALTER TABLE sk.c ADD CONSTRAINT key FOREIGN KEY (a) REFERENCES sk.p ON DELETE SET DEFAULT;
INSERT INTO sk.c VALUES (1, 0);
DELETE FROM sk.p WHERE id = 0;
ALTER TABLE sk.c DROP CONSTRAINT key;
-- Once a child is dead it is in nobody's way, and keeps its reference.
ALTER TABLE sk.c ADD CONSTRAINT key FOREIGN KEY (a) REFERENCES sk.p ON DELETE RESTRICT;
INSERT INTO sk.c VALUES (2, 1);
DELETE FROM sk.p WHERE id = 1;
DELETE FROM sk.c WHERE id = 2;
DELETE FROM sk.p WHERE id = 1;
SELECT tenant.restore_rows('sk.c', 'id = 2');
ALTER TABLE sk.c DROP CONSTRAINT key;
TRUNCATE sk.c;
-- Some of the columns; a row with a NULL among them references nothing.
CREATE TABLE sk.pairs (a int, b int, UNIQUE (a, b));
ALTER TABLE sk.c ADD CONSTRAINT pair FOREIGN KEY (a, b) REFERENCES sk.pairs (a, b) ON DELETE SET NULL (b);
SELECT tenant.enable_soft_delete('sk.pairs');
INSERT INTO sk.pairs VALUES (1, 2), (3, NULL);
INSERT INTO sk.c VALUES (11, 1, 2), (12, 3, NULL);
DELETE FROM sk.pairs;
SELECT id, a, b FROM sk.c WHERE id > 10 ORDER BY id;
ALTER TABLE sk.c DROP CONSTRAINT pair;
-- Children that are not soft-deleted: all their rows count.
CREATE TABLE sk.plain (id int, a int REFERENCES sk.p ON DELETE SET NULL, b int REFERENCES sk.p);
INSERT INTO sk.plain VALUES (1, 5, 6);
DELETE FROM sk.p WHERE id = 5;
TABLE sk.plain;
DELETE FROM sk.p WHERE id = 6;
INSERT INTO sk.plain VALUES (2, 5, NULL);

-- A table that references itself, a ring of tables, and a child of two that comes back with the last of them.
CREATE TABLE sk.nodes (id int PRIMARY KEY, parent int REFERENCES sk.nodes ON DELETE CASCADE);
SELECT tenant.enable_soft_delete('sk.nodes');
INSERT INTO sk.nodes VALUES (1, NULL), (2, 1), (3, 2), (4, 4), (5, NULL);
DELETE FROM sk.nodes WHERE id = 2;
DELETE FROM sk.nodes WHERE id IN (1, 4);
TABLE sk.nodes;
SELECT tenant.restore_rows('sk.nodes', 'id = 3');
SELECT tenant.restore_rows('sk.nodes', 'id IN (1, 4)');
TABLE sk.nodes;
SELECT tenant.restore_rows('sk.nodes', 'true');
SELECT id, parent, deleted_at FROM sk.nodes ORDER BY id;
CREATE TABLE sk.one (id int PRIMARY KEY, other int);
CREATE TABLE sk.other (id int PRIMARY KEY, one int REFERENCES sk.one ON DELETE CASCADE);
ALTER TABLE sk.one ADD FOREIGN KEY (other) REFERENCES sk.other ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
SELECT tenant.enable_soft_delete('sk.one'), tenant.enable_soft_delete('sk.other');
BEGIN; INSERT INTO sk.one VALUES (1, 1); INSERT INTO sk.other VALUES (1, 1); COMMIT;
DELETE FROM sk.other;
SELECT (SELECT count(*) FROM sk.one), (SELECT count(*) FROM sk.other);
CREATE TABLE sk.top (id int PRIMARY KEY);
CREATE TABLE sk.x (id int PRIMARY KEY REFERENCES sk.top ON DELETE CASCADE);
CREATE TABLE sk.y (id int PRIMARY KEY REFERENCES sk.x ON DELETE CASCADE);
CREATE TABLE sk.z (id int PRIMARY KEY REFERENCES sk.y ON DELETE CASCADE);
CREATE TABLE sk.both (id int REFERENCES sk.top ON DELETE CASCADE, z int REFERENCES sk.z ON DELETE CASCADE);
SELECT tenant.enable_soft_delete(('sk.' || t)::regclass) FROM unnest('{top,x,y,z,both}'::text[]) t;
INSERT INTO sk.top VALUES (1); INSERT INTO sk.x VALUES (1); INSERT INTO sk.y VALUES (1); INSERT INTO sk.z VALUES (1); INSERT INTO sk.both VALUES (1, 1);
DELETE FROM sk.top;
SELECT count(*) FROM sk.both;
SELECT tenant.restore_rows('sk.top', 'true');
SELECT count(*) FROM sk.both;
DELETE FROM sk.z;
SELECT tenant.restore_rows('sk.z', 'true');
SELECT count(*) FROM sk.both;
-- Deleted at once by two statements, restored one after the other: it waits for both.
CREATE FUNCTION sk.delete_both() RETURNS void LANGUAGE sql AS 'DELETE FROM sk.z; DELETE FROM sk.top';
ALTER TABLE sk.z DROP CONSTRAINT z_id_fkey;
SELECT sk.delete_both();
SELECT tenant.restore_rows('sk.z', 'true');
SELECT count(*) FROM sk.both;
SELECT tenant.restore_rows('sk.top', 'true');
SELECT count(*) FROM sk.both;

-- Partitions on both sides, under another order of columns; a key of a partition alone; a table that inherits.
CREATE TABLE sk.pp (id int PRIMARY KEY, body text) PARTITION BY RANGE (id);
CREATE TABLE sk.pp1 (body text, id int NOT NULL);
CREATE TABLE sk.cc (id int, p int REFERENCES sk.pp ON DELETE CASCADE) PARTITION BY LIST (id);
SELECT tenant.enable_soft_delete('sk.pp'), tenant.enable_soft_delete('sk.cc');
ALTER TABLE sk.pp1 ADD deleted_at timestamptz;
ALTER TABLE sk.pp ATTACH PARTITION sk.pp1 FOR VALUES FROM (0) TO (10);
CREATE TABLE sk.pp2 PARTITION OF sk.pp FOR VALUES FROM (10) TO (20);
CREATE TABLE sk.cc1 (deleted_at timestamptz, p int, id int);
ALTER TABLE sk.cc ATTACH PARTITION sk.cc1 FOR VALUES IN (1);
CREATE TABLE sk.cc2 PARTITION OF sk.cc FOR VALUES IN (2);
CREATE TABLE sk.of_part (p int REFERENCES sk.pp2 ON DELETE CASCADE);
INSERT INTO sk.pp VALUES (1), (2), (11), (12);
INSERT INTO sk.cc VALUES (1, 1), (2, 1), (1, 11), (2, 12);
INSERT INTO sk.of_part VALUES (12);
DELETE FROM sk.pp WHERE id IN (1, 11);
SELECT id, p FROM sk.cc;
INSERT INTO sk.cc VALUES (1, 11);
SELECT tenant.restore_rows('sk.cc', 'p = 1');
SELECT tenant.restore_rows('sk.pp', 'id = 1');
SELECT id, p FROM sk.cc ORDER BY 1, 2;
DELETE FROM sk.pp WHERE id = 12;
-- Deleted rows would be left pointing nowhere.
DELETE FROM sk.cc;
ALTER TABLE sk.pp DETACH PARTITION sk.pp1;
SET app.include_deleted = on;
\set VERBOSITY sqlstate
ALTER TABLE sk.pp DETACH PARTITION sk.pp1;
\set VERBOSITY default
RESET app.include_deleted;
CREATE TABLE sk.kin (id int PRIMARY KEY);
CREATE TABLE sk.kid (UNIQUE (id)) INHERITS (sk.kin);
CREATE TABLE sk.of_kid (id int REFERENCES sk.kid (id) ON DELETE CASCADE);
SELECT tenant.enable_soft_delete('sk.kin'), tenant.enable_soft_delete('sk.of_kid');
INSERT INTO sk.kid VALUES (1); INSERT INTO sk.of_kid VALUES (1);
DELETE FROM sk.kin;
SELECT count(*) FROM sk.of_kid;

-- The trigger comes with the first key, whichever table it is added to, and whoever adds it; and goes with soft deletion.
CREATE VIEW sk.followers AS SELECT tgrelid::regclass AS tbl FROM pg_trigger WHERE tgname = 'tenant_follow_deletion' AND tgparentid = 0;
CREATE TABLE sk.late (id int PRIMARY KEY);
SELECT tenant.enable_soft_delete('sk.late');
SELECT count(*) FROM sk.followers WHERE tbl = 'sk.late'::regclass;
GRANT CREATE ON SCHEMA sk TO fx_app;
GRANT REFERENCES ON sk.late TO fx_app;
SET ROLE fx_app;
CREATE TABLE sk.later (id int REFERENCES sk.late ON DELETE CASCADE);
RESET ROLE;
SELECT count(*) FROM sk.followers WHERE tbl = 'sk.late'::regclass;
INSERT INTO sk.late VALUES (1);
INSERT INTO sk.later VALUES (1);
DELETE FROM sk.late;
SELECT tenant.enable_soft_delete('sk.later');
SELECT count(*) FROM sk.followers WHERE tbl = 'sk.later'::regclass;
-- Each by the right of its own owner: that of children has none on parents.
DELETE FROM sk.late;
SELECT tenant.restore_rows('sk.late', 'true');
SELECT count(*) FROM sk.later;
SELECT tenant.disable_soft_delete('sk.later');
SELECT count(*) FROM sk.followers WHERE tbl = 'sk.later'::regclass;
-- That of a partition is its table's.
CREATE TABLE sk.whole (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE sk.part PARTITION OF sk.whole FOR VALUES FROM (0) TO (9);
SELECT tenant.enable_soft_delete('sk.whole');
CREATE TABLE sk.of_whole (id int REFERENCES sk.part);
SELECT tbl FROM sk.followers WHERE tbl IN ('sk.whole'::regclass, 'sk.part'::regclass);
-- Nor does one come with a key that a restore adds: it brings its own.
CREATE TABLE sk.restored (id int PRIMARY KEY);
SELECT tenant.enable_soft_delete('sk.restored');
SET row_security = off;
CREATE TABLE sk.of_restored (id int);
ALTER TABLE sk.of_restored ADD FOREIGN KEY (id) REFERENCES sk.restored;
RESET row_security;
SELECT count(*) FROM sk.followers WHERE tbl = 'sk.restored'::regclass;
CREATE TABLE sk.stray (id int);
CREATE TRIGGER stray BEFORE INSERT ON sk.stray FOR EACH ROW EXECUTE FUNCTION tenant.follow_deletion();
INSERT INTO sk.stray VALUES (1);

-- Rows from before: told of, and the key can be checked again only when they are gone.
CREATE TABLE sk.old (id int PRIMARY KEY, deleted_at timestamptz);
CREATE TABLE sk.old_children (id int, old int REFERENCES sk.old, deleted_at timestamptz);
INSERT INTO sk.old VALUES (1, now()), (2, now());
INSERT INTO sk.old_children VALUES (1, 1, NULL), (2, 2, now());
SELECT tenant.enable_soft_delete('sk.old_children'), tenant.enable_soft_delete('sk.old');
ALTER TABLE sk.old_children DROP CONSTRAINT old_children_old_fkey;
SELECT tenant.protect('sk.old_children', assign_to => :'A');
ALTER TABLE sk.old_children ADD FOREIGN KEY (old) REFERENCES sk.old;
-- As a restore adds it, which may come to soft deletion only later.
BEGIN;
SET LOCAL row_security = off;
ALTER TABLE sk.old_children ADD FOREIGN KEY (old) REFERENCES sk.old;
INSERT INTO sk.old_children VALUES (3, 2);
ROLLBACK;
DELETE FROM sk.old_children;
ALTER TABLE sk.old_children ADD FOREIGN KEY (old) REFERENCES sk.old;
-- Deleted rows are checked too.
CREATE TABLE sk.strays (id int, old int);
SELECT tenant.enable_soft_delete('sk.strays');
INSERT INTO sk.strays VALUES (1, 99, now());
ALTER TABLE sk.strays ADD FOREIGN KEY (old) REFERENCES sk.old;

-- Unique keys among live rows.
SET client_min_messages = notice;
CREATE TABLE sk.users (id int PRIMARY KEY, email text UNIQUE, login text CONSTRAINT login UNIQUE NULLS NOT DISTINCT, lang text, a int, b int UNIQUE,
	CONSTRAINT put_off UNIQUE (lang) DEFERRABLE);
COMMENT ON CONSTRAINT users_email_key ON sk.users IS 'it''s';
CREATE UNIQUE INDEX folded ON sk.users (lower(email) COLLATE "C" text_pattern_ops DESC, a) INCLUDE (b) WITH (fillfactor = 70) WHERE a > 0 OR b > 0;
CREATE UNIQUE INDEX "odd.name" ON sk.users (a, (a + b));
CREATE UNIQUE INDEX by_hand ON sk.users (lang, a);
ALTER TABLE sk.users ALTER lang SET NOT NULL, ALTER a SET NOT NULL, REPLICA IDENTITY USING INDEX by_hand;
CREATE TABLE sk.of_users (b int REFERENCES sk.users (b));
SELECT tenant.enable_soft_delete('sk.users', unique_keys => 'some');
SELECT tenant.enable_soft_delete('sk.users', unique_keys => NULL);
SELECT tenant.enable_soft_delete('sk.users', unique_keys => 'live');
SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 'sk.users'::regclass ORDER BY 1;
SELECT obj_description('sk.users_email_key'::regclass);
INSERT INTO sk.users VALUES (1, 'x', 'x', 'en', 1, 1);
DELETE FROM sk.users;
INSERT INTO sk.users VALUES (2, 'x', 'x', 'de', 2, 2);
INSERT INTO sk.users VALUES (3, 'x', 'y', 'fr', 3, 3);
-- The predicate goes without saying.
INSERT INTO sk.users VALUES (3, 'x', 'y', 'fr', 3, 3) ON CONFLICT (email) DO UPDATE SET login = 'z' RETURNING id, login;
INSERT INTO sk.users VALUES (3, 'x', 'y', 'fr', 3, 3) ON CONFLICT (email) DO NOTHING;
INSERT INTO sk.users VALUES (3, 'q', 'y', 'fr', 2, 0) ON CONFLICT (lower(email) COLLATE "C", a) WHERE a > 0 OR b > 0 DO NOTHING RETURNING id;
INSERT INTO sk.users VALUES (2, 'x', 'y', 'fr', 3, 3) ON CONFLICT (id) DO NOTHING;
SELECT tenant.restore_rows('sk.users', 'id = 1');
-- Back to all rows, where they are not the same.
SELECT tenant.disable_soft_delete('sk.users');
SELECT conname, contype FROM pg_constraint WHERE conrelid = 'sk.users'::regclass AND contype IN ('p', 'u') ORDER BY 1;
SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 'sk.users'::regclass ORDER BY 1;
-- Nobody's own index is taken for one.
CREATE TABLE sk.mine (a int, b int UNIQUE, deleted_at timestamptz);
CREATE UNIQUE INDEX mine_key ON sk.mine (a) WHERE deleted_at IS NULL;
SELECT tenant.enable_soft_delete('sk.mine', unique_keys => 'live');
SELECT tenant.disable_soft_delete('sk.mine');
SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 'sk.mine'::regclass ORDER BY 1;
-- Partitioned, with a key of a partition's own.
CREATE TABLE sk.parted (tenant_id uuid, email text, n int, UNIQUE (tenant_id, email)) PARTITION BY HASH (tenant_id);
CREATE TABLE sk.parted0 PARTITION OF sk.parted FOR VALUES WITH (MODULUS 1, REMAINDER 0);
CREATE UNIQUE INDEX own ON sk.parted0 (n);
SELECT tenant.protect('sk.parted');
SELECT tenant.enable_soft_delete('sk.parted', unique_keys => 'live');
SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid IN ('sk.parted'::regclass, 'sk.parted0'::regclass) AND indisunique ORDER BY 1;
INSERT INTO sk.parted (email) VALUES ('x');
DELETE FROM sk.parted;
INSERT INTO sk.parted (email) VALUES ('x') ON CONFLICT (tenant_id, email) DO NOTHING;
INSERT INTO sk.parted (email) VALUES ('x') ON CONFLICT (tenant_id, email) DO UPDATE SET email = 'y' RETURNING email;
SELECT tenant.disable_soft_delete('sk.parted');
SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid IN ('sk.parted'::regclass, 'sk.parted0'::regclass) AND indisunique ORDER BY 1;
RESET app.tenant_id;
SET client_min_messages = warning;
DROP SCHEMA sk CASCADE;
