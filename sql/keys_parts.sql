-- Foreign keys of partitioned tables, keys that cannot be made composite, and what fix_keys makes of the others.
\set A '11111111-1111-1111-1111-111111111111'
\set B '22222222-2222-2222-2222-222222222222'
SET client_min_messages = warning;
CREATE SCHEMA kp AUTHORIZATION fx_owner;
GRANT USAGE ON SCHEMA kp TO fx_app;
SET SESSION AUTHORIZATION fx_owner;
ALTER DEFAULT PRIVILEGES IN SCHEMA kp GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO fx_app;
CREATE VIEW kp.checks AS
	SELECT t.tgrelid::regclass AS tbl, p.proname, CASE t.tgrelid WHEN c.conrelid THEN c.confrelid ELSE c.conrelid END::regclass AS other
	FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid AND p.proname ~ '^check_referenced?$'
	JOIN pg_constraint c ON c.oid = t.tgconstraint AND c.connamespace = 'kp'::regnamespace;

-- A reference between partitioned tables, with a partition that has its columns in another order.
CREATE TABLE kp.parents (id int PRIMARY KEY, tenant_id uuid NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE kp.parents_low PARTITION OF kp.parents FOR VALUES FROM (0) TO (10);
CREATE TABLE kp.parents_high PARTITION OF kp.parents FOR VALUES FROM (10) TO (20);
CREATE TABLE kp.children (id int, tenant_id uuid NOT NULL, parent_id int CONSTRAINT parent REFERENCES kp.parents) PARTITION BY RANGE (id);
CREATE TABLE kp.children_low PARTITION OF kp.children FOR VALUES FROM (0) TO (10);
INSERT INTO kp.parents VALUES (1, :'A'), (11, :'B');
SELECT tenant.protect('kp.parents');
SELECT tenant.protect('kp.children');
SELECT * FROM kp.checks ORDER BY tbl::text, proname;
CREATE TABLE kp.children_high (parent_id int, note text, id int, tenant_id uuid NOT NULL);
ALTER TABLE kp.children_high DROP COLUMN note;
INSERT INTO kp.children_high VALUES (11, 12, :'A');
-- A part with a row that crosses.
ALTER TABLE kp.children ATTACH PARTITION kp.children_high FOR VALUES FROM (10) TO (20);
UPDATE kp.children_high SET parent_id = 1;
ALTER TABLE kp.children ATTACH PARTITION kp.children_high FOR VALUES FROM (10) TO (20);
CREATE TABLE kp.children_more PARTITION OF kp.children FOR VALUES FROM (20) TO (30);
CREATE TABLE kp.parents_more PARTITION OF kp.parents FOR VALUES FROM (20) TO (30);
SELECT * FROM kp.checks WHERE tbl::text ~ 'more|children_high' ORDER BY tbl::text, proname;
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
INSERT INTO kp.children (id, parent_id) VALUES (13, 11);
INSERT INTO kp.children (id, parent_id) VALUES (23, 11);
INSERT INTO kp.children_more (id, parent_id) VALUES (23, 11);
INSERT INTO kp.children (id, parent_id) VALUES (23, 1);
UPDATE kp.children SET id = 3, parent_id = 11 WHERE id = 12;
-- A snapshot from before the row came.
BEGIN ISOLATION LEVEL REPEATABLE READ;
INSERT INTO kp.children (id, parent_id) VALUES (4, 11);
ROLLBACK;
-- The referenced row moves to another partition, and to another tenant.
RESET SESSION AUTHORIZATION;
SET row_security = off;
UPDATE kp.parents SET tenant_id = :'B' WHERE id = 1;
UPDATE kp.parents SET tenant_id = :'B', id = 15 WHERE id = 1;
-- The key that the partition's copy of it has: named after the columns, from 18 on after the key.
\set VERBOSITY sqlstate
WITH p AS (DELETE FROM kp.parents WHERE id = 1) SELECT 1;
\set VERBOSITY default
RESET row_security;
-- A partition that leaves keeps its check, and one whose key had come with it has it once.
SET SESSION AUTHORIZATION fx_owner;
ALTER TABLE kp.children DETACH PARTITION kp.children_more;
SELECT * FROM kp.checks WHERE 'kp.children_more'::regclass IN (tbl, other) ORDER BY tbl::text, proname;
INSERT INTO kp.children_more (id, parent_id) VALUES (24, 11);
ALTER TABLE kp.children ATTACH PARTITION kp.children_more FOR VALUES FROM (20) TO (30);
SELECT tbl, proname, count(*) FROM kp.checks WHERE proname = 'check_reference' GROUP BY 1, 2 HAVING count(*) > 1;
SELECT DISTINCT name, checked FROM tenant.unsafe_keys WHERE tbl::text ~ '^kp' AND kind = 'foreign' ORDER BY 1;

-- A partition is protected by its parent, and so are its own keys.
CREATE TABLE kp.part (id int, tenant_id uuid NOT NULL, parent_id int CONSTRAINT own REFERENCES kp.parents);
INSERT INTO kp.part VALUES (31, :'A', 11);
CREATE TABLE kp.whole (id int, tenant_id uuid NOT NULL, parent_id int) PARTITION BY RANGE (id);
SELECT tenant.protect('kp.whole');
ALTER TABLE kp.whole ATTACH PARTITION kp.part DEFAULT;
UPDATE kp.part SET parent_id = 1;
ALTER TABLE kp.whole ATTACH PARTITION kp.part DEFAULT;
INSERT INTO kp.whole (id, parent_id) VALUES (32, 11);
CREATE TABLE kp.base (id int, tenant_id uuid NOT NULL, parent_id int);
SELECT tenant.protect('kp.base');
CREATE TABLE kp.child (CONSTRAINT own_of_child FOREIGN KEY (parent_id) REFERENCES kp.parents) INHERITS (kp.base);
INSERT INTO kp.child (id, parent_id) VALUES (1, 11);

-- Keys that a tenant column would not fit into, with the reason in their names.
CREATE TABLE kp.texts (id int PRIMARY KEY, tenant_id text NOT NULL);
CREATE TABLE kp.odd2 (id int, other uuid, tenant_id uuid, UNIQUE (id, other));
CREATE TABLE kp.odd (id int PRIMARY KEY, tenant_id uuid NOT NULL, a int, b int NOT NULL DEFAULT 1,
	CONSTRAINT types FOREIGN KEY (a) REFERENCES kp.texts,
	CONSTRAINT match_full_null FOREIGN KEY (a) REFERENCES kp.odd MATCH FULL,
	CONSTRAINT match_full FOREIGN KEY (b) REFERENCES kp.odd MATCH FULL,
	CONSTRAINT on_update FOREIGN KEY (a) REFERENCES kp.odd ON UPDATE SET NULL,
	c int, CONSTRAINT other_column FOREIGN KEY (c, tenant_id) REFERENCES kp.odd2 (id, other));
SELECT tenant.protect('kp.texts', column_type => 'text', register => true);
SELECT tenant.protect('kp.odd2');
SELECT tenant.protect('kp.odd', fix_keys => true);
SELECT name, fix, checked FROM tenant.unsafe_keys WHERE tbl = 'kp.odd'::regclass AND kind = 'foreign' ORDER BY 1;
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'match_full';
SET app.tenant_id = :'A';
INSERT INTO kp.texts (id) VALUES (7);
INSERT INTO kp.odd VALUES (1);
INSERT INTO kp.odd (id, a) VALUES (7, 7);
SET app.tenant_id = :'B';
INSERT INTO kp.odd (id, a, b) VALUES (8, 7, 8);
INSERT INTO kp.odd2 (id, other) VALUES (7, :'A'), (8, :'B');
INSERT INTO kp.odd (id, b, c) VALUES (8, 8, 8);
SET app.tenant_id = :'A';
INSERT INTO kp.odd (id, c) VALUES (9, 7);

-- fix_keys, with everything that a key can have; names that need quotes and long ones.
CREATE TABLE kp."Odd ""table" ("the tenant" bigint NOT NULL, "Id" int, "a rather long name for a column of a table that is referenced" int,
	UNIQUE ("Id", "a rather long name for a column of a table that is referenced"));
CREATE TABLE kp.numbers (tenant_id int NOT NULL, id int, a int, b int, CONSTRAINT "My key" FOREIGN KEY (a, b)
	REFERENCES kp."Odd ""table" ("Id", "a rather long name for a column of a table that is referenced") ON DELETE SET NULL (b)
	DEFERRABLE INITIALLY DEFERRED, CONSTRAINT second FOREIGN KEY (b, a)
	REFERENCES kp."Odd ""table" ("Id", "a rather long name for a column of a table that is referenced"));
COMMENT ON CONSTRAINT "My key" ON kp.numbers IS 'it''s mine';
ALTER TABLE kp.numbers ADD CONSTRAINT not_valid FOREIGN KEY (id, id) REFERENCES kp."Odd ""table" ("Id", "a rather long name for a column of a table that is referenced") NOT VALID;
SELECT tenant.protect('kp."Odd ""table"', 'the tenant', 'bigint');
SELECT tenant.protect('kp.numbers', column_type => 'int');
SELECT fix FROM tenant.unsafe_keys WHERE tbl = 'kp.numbers'::regclass ORDER BY name;
SELECT tenant.protect('kp.numbers', column_type => 'int', fix_keys => true);
SELECT pg_get_constraintdef(oid), obj_description(oid, 'pg_constraint') FROM pg_constraint WHERE conrelid = 'kp.numbers'::regclass AND contype = 'f' ORDER BY conname;
SELECT count(*) FROM kp.checks WHERE tbl = 'kp.numbers'::regclass;
\d kp."Odd ""table"
SET app.tenant_id = 7;
INSERT INTO kp."Odd ""table" ("Id", "a rather long name for a column of a table that is referenced") VALUES (1, 1);
INSERT INTO kp.numbers (a, b) VALUES (1, 1);
DELETE FROM kp."Odd ""table";
SELECT * FROM kp.numbers;
SET app.tenant_id = 8;
INSERT INTO kp.numbers (a, b) VALUES (1, 1);
-- Either table may be the one that is protected, by its owner.
RESET SESSION AUTHORIZATION;
CREATE TABLE kp.others (id int PRIMARY KEY, tenant_id uuid NOT NULL, parent_id int REFERENCES kp.parents);
SELECT tenant.protect('kp.others');
SET SESSION AUTHORIZATION fx_owner;
\set VERBOSITY sqlstate
SELECT tenant.protect('kp.parents', fix_keys => true);
\set VERBOSITY default
RESET SESSION AUTHORIZATION;
SELECT tenant.protect('kp.parents', fix_keys => true);
SELECT tbl, name FROM tenant.unsafe_keys WHERE kind = 'foreign' AND tbl::text ~ '^kp.(others|children|part|child)' ORDER BY 1, 2;

-- Unique keys stay as they are: the view has the statements that put the tenant first, and they do.
CREATE TABLE kp.accounts (tenant_id uuid NOT NULL, id int PRIMARY KEY, email text UNIQUE, name text, CONSTRAINT names UNIQUE NULLS NOT DISTINCT (name)
	INCLUDE (email) DEFERRABLE);
CREATE UNIQUE INDEX "on x USING btree (" ON kp.accounts USING btree (lower(email) DESC, (id + 1)) INCLUDE (name) WHERE id > 0;
CREATE TABLE kp.logs (tenant_id uuid NOT NULL, id int, email text) PARTITION BY RANGE (id);
CREATE TABLE kp.logs_all PARTITION OF kp.logs DEFAULT;
CREATE UNIQUE INDEX logs_key ON kp.logs (id, email);
ALTER TABLE kp.logs ADD UNIQUE (id);
SELECT tenant.protect('kp.accounts', fix_keys => true), tenant.protect('kp.logs', fix_keys => true);
SELECT fix FROM tenant.unsafe_keys WHERE tbl::text ~ '^kp.(accounts|logs)' ORDER BY name \gexec
SELECT * FROM tenant.unsafe_keys WHERE tbl::text ~ '^kp.(accounts|logs)';
SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid IN ('kp.accounts'::regclass, 'kp.logs'::regclass) AND indisunique ORDER BY 1;
SET client_min_messages = error;
DROP SCHEMA kp CASCADE;
