-- protect(partitions => n): a plain table made again as a partitioned one, with all that belongs to it.
\set A '11111111-1111-1111-1111-111111111111'
\set B '22222222-2222-2222-2222-222222222222'
CREATE ROLE pt_other;
CREATE SCHEMA pt AUTHORIZATION fx_owner;
GRANT USAGE ON SCHEMA pt TO fx_app;
DO $$BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO fx_owner', current_database()); END$$;
SET SESSION AUTHORIZATION fx_owner;
-- Says everything about a table that could get lost.
CREATE FUNCTION pt.about(tbl regclass) RETURNS SETOF text LANGUAGE sql SET search_path = pg_catalog AS $$
	SELECT concat_ws(' ', 'column', attname, format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated, attstorage, attcompression,
		nullif(attstattarget, -1), (SELECT array_agg(o::text) FROM pg_options_to_table(attoptions) o WHERE option_name LIKE 'n_distinct%'), attacl, pg_get_expr(adbin, adrelid), col_description(tbl, attnum))
		FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE attrelid = tbl AND attnum > 0 AND NOT attisdropped
	UNION ALL SELECT concat_ws(' ', 'table', relacl, pg_get_userbyid(relowner), relreplident, relrowsecurity, relforcerowsecurity, obj_description(tbl)) FROM pg_class WHERE oid = tbl
	UNION ALL SELECT concat_ws(' ', 'constraint', conname, conrelid::regclass, pg_get_constraintdef(oid), obj_description(oid, 'pg_constraint')) FROM pg_constraint
		WHERE (conrelid = tbl OR confrelid = tbl) AND conparentid = 0 AND contype <> 'n'
	UNION ALL SELECT concat_ws(' ', 'index', replace(pg_get_indexdef(indexrelid), ' ONLY ', ' '), obj_description(indexrelid, 'pg_class'),
		(SELECT string_agg(attname || ' ' || attstattarget, ', ') FROM pg_attribute WHERE attrelid = indexrelid AND attstattarget >= 0)) FROM pg_index WHERE indrelid = tbl
	UNION ALL SELECT concat_ws(' ', 'trigger', pg_get_triggerdef(oid), tgenabled, obj_description(oid, 'pg_trigger')) FROM pg_trigger WHERE tgrelid = tbl AND NOT tgisinternal
	UNION ALL SELECT concat_ws(' ', 'policy', polname, polpermissive, polcmd, polroles::regrole[], pg_get_expr(polqual, tbl), pg_get_expr(polwithcheck, tbl),
		obj_description(oid, 'pg_policy')) FROM pg_policy WHERE polrelid = tbl
	UNION ALL SELECT concat_ws(' ', 'statistics', pg_get_statisticsobjdef(oid), obj_description(oid, 'pg_statistic_ext')) FROM pg_statistic_ext WHERE stxrelid = tbl
	UNION ALL SELECT concat_ws(' ', 'publication', pubname, pg_get_expr(prqual, prrelid), (SELECT array_agg(attname ORDER BY attnum) FROM pg_attribute WHERE attrelid = tbl AND attnum = ANY (prattrs::int2[]))) FROM pg_publication_rel JOIN pg_publication p ON p.oid = prpubid WHERE prrelid = tbl
	UNION ALL SELECT concat_ws(' ', 'sequence', objid::regclass, deptype, (pg_sequence_last_value(objid::regclass)), relacl) FROM pg_depend JOIN pg_class s ON s.oid = objid
		WHERE refobjid = tbl AND refclassid = 'pg_class'::regclass AND s.relkind = 'S' AND deptype IN ('a', 'i')
	ORDER BY 1
$$;
CREATE TYPE pt.mood AS ENUM ('calm', 'tense');
CREATE FUNCTION pt.stamp() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.stamped := 'stamped'; RETURN NEW; END$$;
CREATE TABLE pt.parents (tenant_id uuid, id bigint, PRIMARY KEY (tenant_id, id));
CREATE TABLE pt.full_of ("Odd ""name" text, gone int, tenant_id uuid NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY (START 10 INCREMENT 5) PRIMARY KEY, number serial,
	code text NOT NULL DEFAULT 'none' COLLATE "C", mood pt.mood, amount numeric(10, 2) CHECK (amount > 0), twice numeric GENERATED ALWAYS AS (amount * 2) STORED,
	parent bigint, stamped text, CONSTRAINT code_of UNIQUE NULLS NOT DISTINCT (tenant_id, code, number) INCLUDE (mood),
	CONSTRAINT deferred UNIQUE (tenant_id, stamped, id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY (tenant_id, parent) REFERENCES pt.parents ON DELETE CASCADE) WITH (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = false);
ALTER TABLE pt.full_of DROP gone;
CREATE INDEX mood_of ON pt.full_of (mood, lower(code) COLLATE "C" DESC) WITH (fillfactor = 60) WHERE amount > 1;
CREATE UNIQUE INDEX "Expression" ON pt.full_of (lower(code), number);
ALTER INDEX pt.mood_of ALTER COLUMN 2 SET STATISTICS 33;
ALTER INDEX pt."Expression" ALTER COLUMN 1 SET STATISTICS 34;
CREATE STATISTICS pt.related (mcv) ON mood, code FROM pt.full_of;
CREATE TRIGGER stamp BEFORE INSERT ON pt.full_of FOR EACH ROW WHEN (NEW.amount > 5) EXECUTE FUNCTION pt.stamp();
CREATE TRIGGER unused BEFORE UPDATE OF code ON pt.full_of FOR EACH ROW EXECUTE FUNCTION pt.stamp();
ALTER TABLE pt.full_of DISABLE TRIGGER unused;
ALTER TABLE pt.full_of ALTER code SET STATISTICS 300, ALTER code SET (n_distinct = 7), ALTER code SET STORAGE EXTERNAL;
CREATE POLICY calm ON pt.full_of AS RESTRICTIVE FOR DELETE TO fx_app, pt_other USING (mood = 'calm');
COMMENT ON TABLE pt.full_of IS 'it''s full';
COMMENT ON COLUMN pt.full_of.code IS 'a code';
COMMENT ON CONSTRAINT code_of ON pt.full_of IS 'a key';
COMMENT ON INDEX pt.mood_of IS 'an index';
COMMENT ON TRIGGER stamp ON pt.full_of IS 'a trigger';
COMMENT ON POLICY calm ON pt.full_of IS 'a policy';
COMMENT ON STATISTICS pt.related IS 'statistics';
GRANT SELECT, INSERT ON pt.full_of TO fx_app WITH GRANT OPTION;
GRANT UPDATE (code, mood), SELECT ("Odd ""name") ON pt.full_of TO pt_other;
GRANT USAGE ON SEQUENCE pt.full_of_id_seq TO pt_other;
GRANT USAGE ON SEQUENCE pt.full_of_number_seq TO fx_app;
REVOKE TRUNCATE ON pt.full_of FROM fx_owner;
ALTER TABLE pt.full_of REPLICA IDENTITY FULL;
SET client_min_messages = error;
CREATE PUBLICATION pt_some FOR TABLE pt.full_of (tenant_id, id, code) WITH (publish = 'insert', publish_via_partition_root = true);
RESET client_min_messages;
-- One that references it, by a key that pairs the tenants.
CREATE TABLE pt.children (tenant_id uuid, code text, number int, CONSTRAINT child_of FOREIGN KEY (tenant_id, code, number) REFERENCES pt.full_of (tenant_id, code, number)
	ON UPDATE CASCADE DEFERRABLE);
COMMENT ON CONSTRAINT child_of ON pt.children IS 'a foreign key';
INSERT INTO pt.parents SELECT t, i FROM unnest(ARRAY[:'A', :'B']::uuid[]) t, generate_series(1, 3) i;
INSERT INTO pt.full_of (tenant_id, code, mood, amount, parent) SELECT t, 'c' || i, 'calm', i, 1 + i % 3
	FROM unnest(ARRAY[:'A', :'B', '33333333-3333-3333-3333-333333333333']::uuid[]) WITH ORDINALITY u (t, n), generate_series(1, 10) i WHERE n < 3;
INSERT INTO pt.children SELECT tenant_id, code, number FROM pt.full_of WHERE number % 2 = 0;
CREATE TEMP TABLE rows_before AS SELECT * FROM pt.full_of;
SELECT tenant.protect('pt.full_of');
SELECT tenant.protect('pt.children');
CREATE TEMP TABLE before AS SELECT about FROM pt.about('pt.full_of') about;
ALTER DEFAULT PRIVILEGES IN SCHEMA pt GRANT ALL ON TABLES TO pt_other;
SELECT 'pt.full_of'::regclass::oid AS old \gset
SELECT tenant.protect('pt.full_of', partitions => 4);
SELECT 'pt.full_of'::regclass::oid <> :old AS is_new;
ALTER DEFAULT PRIVILEGES IN SCHEMA pt REVOKE ALL ON TABLES FROM pt_other;
-- Only the keys without the tenant are others now.
(SELECT '-', * FROM before EXCEPT ALL SELECT '-', * FROM pt.about('pt.full_of'))
	UNION ALL (SELECT '+', * FROM pt.about('pt.full_of') EXCEPT ALL SELECT '+', * FROM before) ORDER BY 2;
SELECT count(*) FROM before;
SELECT attrelid::regclass, attname, attstattarget FROM pg_index JOIN pg_attribute ON attrelid = indexrelid WHERE indrelid = 'pt.full_of_p0'::regclass AND attstattarget >= 0;
SELECT c.oid::regclass, pg_get_userbyid(relowner), relpersistence, reloptions, relreplident, pg_get_expr(relpartbound, c.oid), p.tenant_column, a.attoptions::text LIKE '%n_distinct=7%' AS has_option, a.attstattarget
	FROM pg_class c JOIN pg_inherits ON inhrelid = c.oid JOIN tenant.protected_tables p ON p.tbl = c.oid JOIN pg_attribute a ON attrelid = c.oid AND attname = 'code'
	WHERE inhparent = 'pt.full_of'::regclass ORDER BY 1;
-- No row is lost, and none changed.
RESET SESSION AUTHORIZATION;
SET row_security = off;
SELECT count(*), count(DISTINCT tableoid) FROM pt.full_of;
SELECT count(*) FROM (SELECT * FROM pt.full_of EXCEPT ALL SELECT * FROM rows_before) x;
RESET row_security;
-- It goes on counting and checking, and is protected.
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
INSERT INTO pt.full_of (code, mood, amount) VALUES ('new', 'tense', 6) RETURNING tenant_id, id, number, twice, stamped;
SELECT count(*), count(DISTINCT tenant_id) FROM pt.full_of;
INSERT INTO pt.full_of (tenant_id, code, amount) VALUES (:'B', 'new', 6);
INSERT INTO pt.full_of (code, amount) VALUES ('new', -1);
SELECT count(*) FROM pt.full_of_p0;
RESET SESSION AUTHORIZATION;
SET app.tenant_id = :'A';
UPDATE pt.full_of SET code = 'other' WHERE code = 'c2';
SELECT code FROM pt.children ORDER BY 1;
DELETE FROM pt.parents WHERE id = 2;
SELECT count(*) FROM pt.full_of;
DELETE FROM pt.full_of WHERE code = 'c5';
RESET app.tenant_id;
SET SESSION AUTHORIZATION fx_owner;
-- Again: nothing to do; another number: refused.
SELECT tenant.protect('pt.full_of', partitions => 4);
SELECT tenant.protect('pt.full_of', partitions => 5);
SELECT tenant.protect('fx.orders', partitions => 4);
SELECT tenant.protect('pt.children', partitions => 0);
SELECT tenant.protect('pt.parents', partitions => NULL);
SELECT tenant.protect('pt.children', partitions => 1025);
-- Of a table that was not protected, without the column, of other types, for another owner's table by a superuser.
CREATE TABLE pt.fresh (id int);
INSERT INTO pt.fresh SELECT generate_series(1, 20);
SELECT tenant.protect('pt.fresh', assign_to => :'A', partitions => 2);
CREATE UNLOGGED TABLE pt.words ("the tenant" text, id int);
INSERT INTO pt.words VALUES ('acme', 1), ('zeta', 2);
SELECT tenant.protect('pt.words', 'the tenant', partitions => 3);
SELECT relname, relpersistence FROM pg_class WHERE relname ~ '^words_p' ORDER BY 1;
CREATE TABLE pt.numbers (tenant_id bigint, id int PRIMARY KEY);
INSERT INTO pt.numbers VALUES (7, 1), (8, 2);
RESET SESSION AUTHORIZATION;
SELECT tenant.protect('pt.numbers', partitions => 2);
SELECT tbl, tenant_column, column_type, open, part_of, pg_get_userbyid(relowner) FROM tenant.protected_tables JOIN pg_class c ON c.oid = tbl
	WHERE tbl::text ~ '^pt.(fresh|words|numbers)' ORDER BY tbl::text;
SET app.tenant_id = '7';
SELECT * FROM pt.numbers;
RESET app.tenant_id;
SET SESSION AUTHORIZATION fx_owner;
-- A foreign key to a key without the tenant: together with fix_keys.
CREATE TABLE pt.albums (id int PRIMARY KEY, tenant_id uuid);
CREATE TABLE pt.photos (id int PRIMARY KEY, album int REFERENCES pt.albums, tenant_id uuid);
INSERT INTO pt.albums VALUES (1, :'A');
INSERT INTO pt.photos VALUES (1, 1, :'A');
SELECT tenant.protect('pt.photos');
SELECT tenant.protect('pt.albums', partitions => 2);
\d pt.albums
SELECT tenant.protect('pt.albums', fix_keys => true, partitions => 2);
\d pt.albums
SELECT tenant.protect('pt.photos', partitions => 2);
SELECT conname, convalidated, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'pt.photos'::regclass AND contype = 'f' AND conparentid = 0;
-- One of a table that is not protected: that one comes first.
CREATE TABLE pt.shelves (tenant_id uuid, id int PRIMARY KEY);
CREATE TABLE pt.books (id int PRIMARY KEY, shelf int REFERENCES pt.shelves);
SELECT tenant.protect('pt.shelves', partitions => 2, fix_keys => true);
SELECT tenant.protect('pt.books', 'tenant_id', 'uuid');
SELECT tenant.protect('pt.shelves', partitions => 2, fix_keys => true);
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'pt.books'::regclass AND contype = 'f' AND conparentid = 0;
-- One to itself.
CREATE TABLE pt.trees (tenant_id uuid, id int, parent int, PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, parent) REFERENCES pt.trees);
INSERT INTO pt.trees VALUES (:'A', 1, NULL), (:'A', 2, 1);
SELECT tenant.protect('pt.trees', partitions => 2);
SELECT conname, convalidated, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'pt.trees'::regclass AND conparentid = 0 AND contype <> 'n' ORDER BY 1;
-- Keys that span tenants are checked as before, from the partitions and to them.
CREATE TABLE pt.seeds (tenant_id uuid, id int PRIMARY KEY);
CREATE TABLE pt.plants (tenant_id uuid, id int, seed int REFERENCES pt.seeds, PRIMARY KEY (tenant_id, id));
CREATE TABLE pt.gifts (tenant_id uuid, giver uuid, plant int, FOREIGN KEY (giver, plant) REFERENCES pt.plants);
INSERT INTO pt.seeds VALUES (:'A', 1), (:'B', 2);
INSERT INTO pt.plants VALUES (:'A', 1, 1), (:'B', 2, 2);
SET client_min_messages = warning;
SELECT tenant.protect('pt.seeds'), tenant.protect('pt.gifts'), tenant.protect('pt.plants', partitions => 2);
RESET client_min_messages;
SET app.tenant_id = :'A';
INSERT INTO pt.plants (id, seed) VALUES (3, 2);
INSERT INTO pt.gifts (giver, plant) VALUES (:'B', 2);
RESET app.tenant_id;
-- What cannot be kept.
CREATE TABLE pt.refused (tenant_id uuid, id int, label text, during int4range);
CREATE FUNCTION pt.refusal() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	message text; detail text; hint text;
BEGIN
	PERFORM tenant.protect('pt.refused', partitions => 2);
	RAISE EXCEPTION 'not refused';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RAISE NOTICE '% %: % (%)', SQLSTATE, message, detail, hint;
END$$;
BEGIN; CREATE VIEW pt.seen AS SELECT id FROM pt.refused; SELECT pt.refusal(); ROLLBACK;
BEGIN; CREATE MATERIALIZED VIEW pt.seen AS SELECT 1 FROM pt.refused WITH NO DATA; SELECT pt.refusal(); ROLLBACK;
BEGIN; CREATE FUNCTION pt.reads() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM pt.refused; END; SELECT pt.refusal(); ROLLBACK;
BEGIN; CREATE FUNCTION pt.takes(pt.refused) RETURNS int LANGUAGE sql AS 'SELECT 1'; SELECT pt.refusal(); ROLLBACK;
BEGIN; CREATE TABLE pt.holds (r pt.refused[]); SELECT pt.refusal(); ROLLBACK;
BEGIN; CREATE POLICY looks ON pt.trees USING (EXISTS (SELECT FROM pt.refused)); SELECT pt.refusal(); ROLLBACK;
BEGIN; CREATE RULE nothing AS ON DELETE TO pt.refused DO INSTEAD NOTHING; SELECT pt.refusal(); ROLLBACK;
BEGIN; CREATE TABLE pt.child () INHERITS (pt.refused); SELECT pt.refusal(); ROLLBACK;
BEGIN; ALTER TABLE pt.refused ADD EXCLUDE USING gist (during WITH &&); SELECT pt.refusal(); ROLLBACK;
BEGIN; ALTER TABLE pt.refused ADD CONSTRAINT few CHECK (id < 9) NOT VALID; SELECT pt.refusal(); ROLLBACK;
BEGIN; ALTER TABLE pt.refused ADD CONSTRAINT few CHECK (id < 9) NO INHERIT; SELECT pt.refusal(); ROLLBACK;
BEGIN; ALTER TABLE pt.refused ADD CONSTRAINT its FOREIGN KEY (tenant_id, id) REFERENCES pt.trees NOT VALID; SELECT pt.refusal(); ROLLBACK;
BEGIN; CREATE UNIQUE INDEX one ON pt.refused (tenant_id, id); ALTER TABLE pt.refused ALTER tenant_id SET NOT NULL, ALTER id SET NOT NULL, REPLICA IDENTITY USING INDEX one; SELECT pt.refusal(); ROLLBACK;
BEGIN; CREATE INDEX one ON pt.refused (tenant_id); ALTER TABLE pt.refused CLUSTER ON one; SELECT pt.refusal(); ROLLBACK;
BEGIN; CREATE TRIGGER later AFTER UPDATE ON pt.refused REFERENCING OLD TABLE AS old_rows FOR EACH ROW EXECUTE FUNCTION pt.stamp(); SELECT pt.refusal(); ROLLBACK;
SET client_min_messages = error;
BEGIN; CREATE PUBLICATION pt_part FOR TABLE pt.refused WHERE (id > 1); SET LOCAL client_min_messages = notice; SELECT pt.refusal(); ROLLBACK;
RESET client_min_messages;
BEGIN; ALTER TABLE pt.refused DROP label, DROP during; CREATE TYPE pt.shape AS (tenant_id uuid, id int); ALTER TABLE pt.refused OF pt.shape; SELECT pt.refusal(); ROLLBACK;
BEGIN; CREATE TEMP TABLE passing (tenant_id uuid); SELECT tenant.protect('passing', partitions => 2); ROLLBACK;
BEGIN; CREATE TABLE pt.refused_p1 (id int); SELECT pt.refusal(); ROLLBACK;
-- Nothing has changed by then.
\d pt.refused
-- Triggers with transition tables, for each statement, are kept.
CREATE TRIGGER later AFTER UPDATE ON pt.refused REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION pt.stamp();
SELECT tenant.protect('pt.refused', partitions => 2);
SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = 'pt.refused'::regclass AND NOT tgisinternal;
-- Rows that the transaction's snapshot does not show are not lost: it is refused. Waiting deferred triggers and open cursors too.
CREATE TABLE pt.busy (tenant_id uuid, id int);
INSERT INTO pt.busy VALUES (:'A', 1);
BEGIN;
DECLARE open_one CURSOR FOR SELECT * FROM pt.busy;
SELECT tenant.protect('pt.busy', partitions => 2);
ROLLBACK;
-- Not by others than the owner.
SET SESSION AUTHORIZATION fx_app;
SELECT tenant.protect('pt.busy', partitions => 2);
SELECT tenant.table_definition('pt.busy'::regclass);
SELECT tenant.partition_obstacles('pt.busy'::regclass, 'tenant_id');
RESET SESSION AUTHORIZATION;
-- By a member of the owner, with other names in the search path.
CREATE ROLE pt_member LOGIN IN ROLE fx_owner, tenant_admin;
CREATE SCHEMA pt_evil AUTHORIZATION pt_other;
SET SESSION AUTHORIZATION pt_member;
SET search_path = pt_evil, pt, pg_catalog;
SELECT tenant.protect('busy', partitions => 2);
SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid IN ('pt.busy'::regclass, 'pt.busy_p1'::regclass);
RESET search_path;
RESET SESSION AUTHORIZATION;
SET client_min_messages = warning;
DROP SCHEMA pt, pt_evil CASCADE;
DROP PUBLICATION pt_some;
DO $$BEGIN EXECUTE format('REVOKE CREATE ON DATABASE %I FROM fx_owner', current_database()); END$$;
DROP ROLE pt_other, pt_member;
