-- COPY FROM into protected tables: by the server's own COPY with a guard on each row, or by one INSERT.
\set A '11111111-1111-1111-1111-111111111111'
\set B '22222222-2222-2222-2222-222222222222'
\set VERBOSITY terse
CREATE SCHEMA cp AUTHORIZATION fx_owner;
GRANT USAGE ON SCHEMA cp TO fx_app, fx_bypass;
SET SESSION AUTHORIZATION fx_owner;
CREATE TABLE cp.items (tenant_id uuid, id int, name text, doubled int GENERATED ALWAYS AS (id * 2) STORED, PRIMARY KEY (tenant_id, id));
CREATE TABLE cp.parted (tenant_id uuid, id int) PARTITION BY LIST (id);
CREATE TABLE cp.parted_1 PARTITION OF cp.parted FOR VALUES IN (1);
CREATE TABLE cp.closed (tenant_id uuid, id int, PRIMARY KEY (tenant_id, id));
SELECT tenant.protect('cp.items'), tenant.protect('cp.parted'), tenant.protect('cp.closed');
GRANT ALL ON cp.items, cp.parted, cp.parted_1 TO fx_app, fx_bypass;
RESET SESSION AUTHORIZATION;

-- The guard: for every role, the tenant filled in, other tenants' rows refused with their line.
SET app.tenant_id = :'A';
COPY cp.items (id, name) FROM STDIN;
11	from superuser
\.
COPY cp.items (tenant_id, id, name) FROM STDIN;
11111111-1111-1111-1111-111111111111	12	own
22222222-2222-2222-2222-222222222222	13	planted
\.
COPY cp.items (tenant_id, id, name) FROM STDIN;
\N	13	planted
\.
SET SESSION AUTHORIZATION fx_bypass;
SET app.tenant_id = :'A';
COPY cp.items (id, name) FROM STDIN;
14	from a bypass role
\.
SET SESSION AUTHORIZATION fx_owner;
SET app.tenant_id = :'A';
COPY cp.items (id, name) FROM STDIN WHERE id < 16;
15	from the owner
16	filtered
\.
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
COPY cp.items (id, name) FROM STDIN WITH (FORMAT csv, HEADER);
id,name
17,from the app
18,"quoted, too"
\.
\set VERBOSITY default
COPY cp.items (tenant_id, id, name) FROM STDIN;
11111111-1111-1111-1111-111111111111	19	own
22222222-2222-2222-2222-222222222222	20	planted
\.
-- A row of another tenant that the condition leaves out is nobody's business.
COPY cp.items (tenant_id, id, name) FROM STDIN WHERE id <> 21;
22222222-2222-2222-2222-222222222222	21	left out
\.
COPY cp.items (id, name) FROM STDIN;
x	not a number
\.
COPY cp.items (id, name) FROM STDIN;
17	twice
\.
COPY cp.parted (id) FROM STDIN;
1
\.
COPY cp.parted_1 (tenant_id, id) FROM STDIN;
22222222-2222-2222-2222-222222222222	1
\.
COPY cp.items FROM '/nowhere';
COPY cp.items FROM PROGRAM 'echo';
COPY cp.items (nothing) FROM STDIN;
\.
COPY cp.closed (id) FROM STDIN;
\.
COPY cp.items (id) FROM STDIN WHERE doubled > 1;
\.
COPY cp.items (id) FROM STDIN WHERE items IS NULL;
\.
BEGIN READ ONLY;
COPY cp.items (id) FROM STDIN;
\.
ROLLBACK;
SET row_security = off;
COPY cp.items (id) FROM STDIN;
\.
RESET row_security;
SET app.tenant_id = '';
COPY cp.items (id, name) FROM STDIN;
\.
SET app.tenant_id = 'nobody';
COPY cp.items (id, name) FROM STDIN;
\.
SET app.tenant_id = '33333333-3333-3333-3333-333333333333';
COPY cp.items (id, name) FROM STDIN;
\.
SET app.tenant_id = :'A';
SELECT id, name, doubled FROM cp.items ORDER BY id;
SELECT count(*) FROM cp.parted;
DELETE FROM cp.items;
-- The other types.
SET app.tenant_id = '7';
COPY fx.counters (id, value) FROM STDIN;
90	1
\.
COPY fx.counters (tenant_id, id, value) FROM STDIN;
8	91	1
\.
COPY fx.slots (tenant_id, id, value) FROM STDIN;
8	91	1
\.
DELETE FROM fx.counters WHERE id = 90;
SET app.tenant_id = 'acme';
COPY fx.tags (tenant_id, id, tag) FROM STDIN;
zeta	91	planted
\.

-- The privileges that COPY FROM asks for, and no more: INSERT on its columns, SELECT on those of WHERE.
RESET SESSION AUTHORIZATION;
REVOKE ALL ON cp.items FROM fx_app, fx_bypass;
GRANT INSERT (id, name), SELECT (id) ON cp.items TO fx_app, fx_bypass;
SET SESSION AUTHORIZATION fx_bypass;
SET app.tenant_id = :'A';
COPY cp.items (id, name) FROM STDIN;
21	a bypass role that may not read
\.
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
COPY cp.items (id, name) FROM STDIN WHERE id > 0;
22	an app that may read one column
\.
COPY cp.items (id, name) FROM STDIN WHERE name > '';
\.
COPY cp.items (tenant_id, id) FROM STDIN;
\.
COPY cp.items FROM STDIN;
\.
RESET SESSION AUTHORIZATION;
GRANT ALL ON cp.items TO fx_app, fx_bypass;
SELECT id, name FROM cp.items ORDER BY id;

-- A twin of each kind, not protected, shows what the server's own COPY does: tables with a BEFORE ROW trigger
-- and everything else that belongs to a row.
CREATE TABLE cp.log (n int GENERATED ALWAYS AS IDENTITY, entry text);
CREATE FUNCTION cp.note(entry text) RETURNS boolean SECURITY DEFINER LANGUAGE sql AS
	'INSERT INTO cp.log (entry) VALUES (entry) RETURNING true';
CREATE FUNCTION cp.told() RETURNS SETOF text SECURITY DEFINER LANGUAGE sql AS
	'WITH d AS (DELETE FROM cp.log RETURNING *) SELECT entry FROM d ORDER BY n';
CREATE FUNCTION cp.change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	CASE NEW.name
	WHEN 'skipped' THEN RETURN NULL;
	WHEN 'refused' THEN RAISE 'the trigger refuses %', NEW.id;
	WHEN 'planted' THEN NEW.tenant_id := '22222222-2222-2222-2222-222222222222';
	WHEN 'turned' THEN PERFORM set_config('app.tenant_id', '22222222-2222-2222-2222-222222222222', false);
	WHEN 'named' THEN NEW.name := left(tenant.current_id(), 8);
	ELSE NEW.name := NEW.name || ', seen';
	END CASE;
	RETURN NEW;
END $$;
CREATE FUNCTION cp.statement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF current_setting('cp.fail', true) = TG_WHEN THEN
		RAISE 'refused % statement', TG_WHEN;
	END IF;
	PERFORM cp.note(TG_WHEN || ' statement');
	RETURN NULL;
END $$;
CREATE FUNCTION cp.all_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SELECT cp.note(''added '' || count(*) || '', found '' || count(w.id)) FROM added LEFT JOIN %s w USING (id)', TG_RELID::regclass);
	RETURN NULL;
END $$;
CREATE FUNCTION cp.each_row() RETURNS trigger LANGUAGE plpgsql AS
	$$ BEGIN PERFORM cp.note('after row ' || NEW.id || ' ' || NEW.name); RETURN NULL; END $$;
SET SESSION AUTHORIZATION fx_owner;
CREATE TABLE cp.kinds (id int PRIMARY KEY);
INSERT INTO cp.kinds VALUES (1);
CREATE DOMAIN cp.short AS text CHECK (length(value) < 20);
CREATE TABLE cp.watched (gone int, tenant_id uuid, id int CHECK (id < 100), name cp.short DEFAULT 'unnamed' NOT NULL,
	doubled int GENERATED ALWAYS AS (id * 2) STORED, gone_too text, number bigint GENERATED ALWAYS AS IDENTITY,
	kind int DEFAULT 1 REFERENCES cp.kinds, PRIMARY KEY (tenant_id, id));
ALTER TABLE cp.watched DROP COLUMN gone, DROP COLUMN gone_too;
CREATE TABLE cp.twin (LIKE cp.watched INCLUDING ALL);
ALTER TABLE cp.twin ALTER tenant_id SET DEFAULT '11111111-1111-1111-1111-111111111111', ADD FOREIGN KEY (kind) REFERENCES cp.kinds;
GRANT ALL ON cp.watched, cp.twin TO fx_app, fx_bypass;
CREATE FUNCTION cp.watch(tbl regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TRIGGER change BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION cp.change()', tbl);
	EXECUTE format('CREATE TRIGGER first BEFORE INSERT ON %s EXECUTE FUNCTION cp.statement()', tbl);
	EXECUTE format('CREATE TRIGGER last AFTER INSERT ON %s EXECUTE FUNCTION cp.statement()', tbl);
	EXECUTE format('CREATE TRIGGER every AFTER INSERT ON %s REFERENCING NEW TABLE AS added EXECUTE FUNCTION cp.all_rows()', tbl);
	EXECUTE format('CREATE TRIGGER each_row AFTER INSERT ON %s FOR EACH ROW EXECUTE FUNCTION cp.each_row()', tbl);
	-- COPY fires no rules.
	EXECUTE format('CREATE RULE nothing AS ON INSERT TO %s DO INSTEAD NOTHING', tbl);
END $$;
SELECT cp.watch('cp.watched'), cp.watch('cp.twin');
SELECT tenant.protect('cp.watched');
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
\set t cp.twin
\i sql/include/copy_rows.sql
\set t cp.watched
\i sql/include/copy_rows.sql
SELECT count(*) FROM ((TABLE cp.twin EXCEPT TABLE cp.watched) UNION ALL (TABLE cp.watched EXCEPT TABLE cp.twin)) d;

-- For every role; the row that the trigger made is what counts.
COPY cp.watched (id, name) FROM STDIN;
40	first
41	planted
\.
COPY cp.watched (tenant_id, id, name) FROM STDIN;
22222222-2222-2222-2222-222222222222	41	second
\.
COPY cp.watched (tenant_id, id, name) FROM STDIN WHERE id > 41;
22222222-2222-2222-2222-222222222222	41	left out
\.
SET SESSION AUTHORIZATION fx_bypass;
SET app.tenant_id = :'A';
COPY cp.watched (id, name) FROM STDIN;
41	planted
\.
COPY cp.watched (id, name) FROM STDIN;
42	bypass
\.
RESET SESSION AUTHORIZATION;
SET app.tenant_id = :'A';
COPY cp.watched (id, name) FROM STDIN;
43	super
44	planted
\.
SET SESSION AUTHORIZATION fx_owner;
SET app.tenant_id = :'A';
COPY cp.watched (id, name) FROM STDIN;
43	owner
\.
-- One tenant for the whole command, whatever a trigger does.
COPY cp.watched (id, name) FROM STDIN;
44	turned
45	named
\.
SHOW app.tenant_id;
SET app.tenant_id = :'A';
SELECT id, name FROM cp.watched WHERE id > 39 ORDER BY id;
SET SESSION AUTHORIZATION fx_app;
COPY cp.watched FROM '/nowhere';
COPY cp.watched (nothing) FROM STDIN;
\.
COPY cp.watched (id) FROM STDIN WHERE doubled > 1;
\.
BEGIN READ ONLY;
COPY cp.watched (id) FROM STDIN;
\.
ROLLBACK;
SET row_security = off;
COPY cp.watched (id) FROM STDIN;
\.
RESET row_security;
SET app.tenant_id = '';
COPY cp.watched (id) FROM STDIN;
\.
SET app.tenant_id = 'nobody';
COPY cp.watched (id) FROM STDIN;
\.
SET app.tenant_id = '33333333-3333-3333-3333-333333333333';
COPY cp.watched (id) FROM STDIN;
\.
SET app.tenant_id = :'A';
COPY cp.watched (id) FROM STDIN WITH (FREEZE);
\.
RESET SESSION AUTHORIZATION;
REVOKE ALL ON cp.watched FROM fx_app;
GRANT INSERT (id, name), SELECT (id) ON cp.watched TO fx_app;
SET SESSION AUTHORIZATION fx_app;
COPY cp.watched (id, name) FROM STDIN WHERE id < 51;
50	few rights
51	left out
\.
COPY cp.watched (id, name) FROM STDIN WHERE name > '';
\.
COPY cp.watched (id, kind) FROM STDIN;
\.
RESET SESSION AUTHORIZATION;
GRANT ALL ON cp.watched TO fx_app;
SELECT count(*) FROM cp.told();

-- Sealed.
SET SESSION AUTHORIZATION fx_app;
BEGIN;
SELECT tenant.seal() IS NULL;
SET LOCAL app.tenant_id = :'B';
COPY cp.items (id) FROM STDIN;
\.
ROLLBACK;
BEGIN;
SELECT tenant.seal() IS NULL;
SET LOCAL app.tenant_id = :'B';
COPY cp.watched (id) FROM STDIN;
\.
ROLLBACK;
RESET SESSION AUTHORIZATION;

-- A trigger on a partition alone; rows are routed.
CREATE FUNCTION cp.plant() RETURNS trigger LANGUAGE plpgsql AS
	'BEGIN NEW.tenant_id := ''22222222-2222-2222-2222-222222222222''; RETURN NEW; END';
CREATE TABLE cp.parted_2 PARTITION OF cp.parted FOR VALUES IN (2);
CREATE TRIGGER plant BEFORE INSERT ON cp.parted_1 FOR EACH ROW EXECUTE FUNCTION cp.plant();
SET SESSION AUTHORIZATION fx_app;
COPY cp.parted (id) FROM STDIN;
1
\.
COPY cp.parted (id) FROM STDIN;
2
\.
COPY cp.parted (id) FROM STDIN;
2
3
\.
SELECT tableoid::regclass, id FROM cp.parted ORDER BY 1, 2;
RESET SESSION AUTHORIZATION;

-- Policies of one's own: of each kind, with sub-queries, views and policies of their own.
CREATE VIEW cp.allowed AS SELECT id FROM cp.kinds;
GRANT SELECT ON cp.allowed TO fx_app;
CREATE POLICY odd ON cp.items AS RESTRICTIVE USING (id % 2 = 1);
CREATE POLICY allowed ON cp.items AS RESTRICTIVE FOR INSERT WITH CHECK (id < 50 OR id - 50 IN (SELECT id FROM cp.allowed));
CREATE POLICY known ON cp.items AS RESTRICTIVE FOR INSERT WITH CHECK (id < 60 OR EXISTS (SELECT FROM cp.watched w WHERE w.id = items.id));
SET SESSION AUTHORIZATION fx_app;
COPY cp.items (id, name) FROM STDIN;
31	odd
32	even
\.
COPY cp.items (id, name) FROM STDIN;
51	allowed
53	not allowed
\.
INSERT INTO cp.watched (id) OVERRIDING SYSTEM VALUE VALUES (69);
COPY cp.items (id, name) FROM STDIN;
51	allowed
71	not known
\.
COPY cp.items (tenant_id, id, name) FROM STDIN;
22222222-2222-2222-2222-222222222222	33	planted
\.
COPY cp.items (id, name) FROM STDIN;
31	odd
51	allowed
\.
COPY cp.items (id, name) FROM STDIN WHERE id > 0;
33	by a condition
\.
SELECT id, name FROM cp.items ORDER BY id;
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION fx_bypass;
SET app.tenant_id = :'A';
COPY cp.items (id, name) FROM STDIN;
34	policies do not bind
\.
RESET SESSION AUTHORIZATION;
DROP POLICY odd ON cp.items;
DROP POLICY allowed ON cp.items;
DROP POLICY known ON cp.items;
-- No permissive policy at all permits nothing.
SET row_security = off;
DROP POLICY tenant_rows ON cp.items;
RESET row_security;
SET SESSION AUTHORIZATION fx_app;
COPY cp.items (id, name) FROM STDIN;
35	not permitted
\.
RESET SESSION AUTHORIZATION;

-- A view's INSTEAD OF trigger inserts for itself, confined as any statement is.
CREATE VIEW cp.door AS SELECT * FROM cp.parted;
CREATE FUNCTION cp.enter() RETURNS trigger LANGUAGE plpgsql AS
	'BEGIN INSERT INTO cp.parted VALUES (coalesce(NEW.tenant_id, tenant.current_uuid()), NEW.id); RETURN NEW; END';
CREATE TRIGGER enter INSTEAD OF INSERT ON cp.door FOR EACH ROW EXECUTE FUNCTION cp.enter();
GRANT INSERT ON cp.door TO fx_app;
SET SESSION AUTHORIZATION fx_app;
COPY cp.door (id) FROM STDIN;
2
\.
COPY cp.door FROM STDIN;
22222222-2222-2222-2222-222222222222	2
\.
SELECT count(*) FROM cp.parted;
-- Functions in a condition and in a default run statements of their own.
RESET SESSION AUTHORIZATION;
CREATE FUNCTION cp.rows(turn text) RETURNS bigint LANGUAGE plpgsql AS
	$$ BEGIN PERFORM set_config('app.tenant_id', turn, false); RETURN (SELECT count(*) FROM cp.parted); END $$;
CREATE TABLE cp.counted (tenant_id uuid, id int, rows bigint DEFAULT cp.rows('22222222-2222-2222-2222-222222222222'), PRIMARY KEY (tenant_id, id));
SET app.tenant_id = '';
SELECT tenant.protect('cp.counted');
GRANT ALL ON cp.counted TO fx_app;
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
COPY cp.counted (id) FROM STDIN WHERE cp.rows('11111111-1111-1111-1111-111111111111') > 0;
1
2
\.
RESET SESSION AUTHORIZATION;

CREATE FUNCTION cp.same() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER same BEFORE INSERT ON cp.counted FOR EACH ROW EXECUTE FUNCTION cp.same();
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
COPY cp.counted (id) FROM STDIN WHERE cp.rows('11111111-1111-1111-1111-111111111111') > 0;
3
4
\.
SET app.tenant_id = :'A';
TABLE cp.counted;
RESET SESSION AUTHORIZATION;

-- Deferred triggers run for the tenant that wrote the rows, those of partitions too.
CREATE CONSTRAINT TRIGGER later AFTER INSERT ON cp.parted_2 DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cp.same();
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
BEGIN;
COPY cp.parted (id) FROM STDIN;
2
\.
SET LOCAL app.tenant_id = :'B';
COMMIT;
RESET SESSION AUTHORIZATION;
DROP TRIGGER plant ON cp.parted_1;
SET SESSION AUTHORIZATION fx_app;
BEGIN;
COPY cp.parted (id) FROM STDIN;
2
\.
SET LOCAL app.tenant_id = :'B';
COMMIT;

RESET SESSION AUTHORIZATION;
SET client_min_messages = error;
SET row_security = off;
DROP SCHEMA cp CASCADE;
