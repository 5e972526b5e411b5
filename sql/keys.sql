-- Foreign keys between protected tables: no reference to another tenant's row, and no cascade into one.
\set A '11111111-1111-1111-1111-111111111111'
\set B '22222222-2222-2222-2222-222222222222'
CREATE SCHEMA k AUTHORIZATION fx_owner;
GRANT USAGE ON SCHEMA k TO fx_app, fx_bypass;
SET SESSION AUTHORIZATION fx_owner;
ALTER DEFAULT PRIVILEGES IN SCHEMA k GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO fx_app, fx_bypass;
-- What the catalogs say: whether a key spans tenants, its definition, its checks and whether they follow it.
CREATE VIEW k.keys AS
	SELECT c.conrelid::regclass AS tbl, c.conname, pg_get_constraintdef(c.oid) AS definition,
		(SELECT string_agg(format('%s on %s%s%s', p.proname, t.tgrelid::regclass,
			CASE WHEN t.tgdeferrable THEN ' deferrable' END, CASE WHEN t.tginitdeferred THEN ' deferred' END), ', '
			ORDER BY p.proname, t.tgrelid::regclass::text)
		FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid AND p.proname ~ '^check_referenced?$' WHERE t.tgconstraint = c.oid) AS checks
	FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = 'k'::regnamespace;

-- Plain tables, with keys that do not know of tenants.
CREATE TABLE k.parents (id int PRIMARY KEY, tenant_id uuid NOT NULL, code text UNIQUE);
CREATE TABLE k.children (id int PRIMARY KEY, tenant_id uuid NOT NULL, parent_id int CONSTRAINT parent REFERENCES k.parents
	ON UPDATE CASCADE ON DELETE CASCADE, up int CONSTRAINT up REFERENCES k.children ON DELETE SET NULL DEFERRABLE);
INSERT INTO k.parents VALUES (1, :'A', 'a1'), (2, :'A', 'a2'), (11, :'B', 'b1'), (12, :'B', 'b2');
INSERT INTO k.children VALUES (1, :'A', 1), (11, :'B', 11), (12, :'B', 1);
SELECT tenant.protect('k.parents');
-- Row 12 crosses: refused, with the number and the query that lists them.
SELECT tenant.protect('k.children');
SELECT tenant.protect('k.children', fix_keys => true);
SELECT count(*) FROM k.keys WHERE checks ~ 'on k.children';
DELETE FROM k.children WHERE id = 12;
SELECT tenant.protect('k.children');
SELECT * FROM k.keys ORDER BY tbl, conname;
SELECT * FROM tenant.unsafe_keys WHERE tbl IN ('k.parents'::regclass, 'k.children'::regclass) ORDER BY tbl, name;

SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
INSERT INTO k.children (id, parent_id) VALUES (2, 11);
DO $$
DECLARE
	schema_name text;
	table_name text;
	key_name text;
BEGIN
	INSERT INTO k.children (id, parent_id) VALUES (2, 11);
EXCEPTION WHEN SQLSTATE 'TN006' THEN
	GET STACKED DIAGNOSTICS schema_name = SCHEMA_NAME, table_name = TABLE_NAME, key_name = CONSTRAINT_NAME;
	RAISE NOTICE '% % %', schema_name, table_name, key_name;
END
$$;
INSERT INTO k.children (id, parent_id) VALUES (2, 99);
INSERT INTO k.children (id, parent_id) VALUES (2, 2), (3, NULL);
UPDATE k.children SET parent_id = 12 WHERE id = 2;
UPDATE k.children SET up = 11 WHERE id = 2;
UPDATE k.children SET up = 1, parent_id = 1 WHERE id = 2 RETURNING id, parent_id, up;
COPY k.children (id, parent_id) FROM stdin;
4	1
5	12
\.
-- An UPDATE of other columns looks nothing up.
UPDATE k.children SET id = id + 100 WHERE id = 3;
-- A cascade stays within.
DELETE FROM k.parents WHERE id = 1;
SELECT id, parent_id, up FROM k.children ORDER BY id;

-- The owner and a confined superuser are not freer; who may see all tenants may write for any, and yet not across.
SET SESSION AUTHORIZATION fx_owner;
INSERT INTO k.children (id, parent_id) VALUES (6, 12);
RESET SESSION AUTHORIZATION;
SET app.tenant_id = :'A';
INSERT INTO k.children (id, parent_id) VALUES (6, 12);
SET SESSION AUTHORIZATION fx_bypass;
SET row_security = off;
INSERT INTO k.children VALUES (6, :'A', 12);
INSERT INTO k.children VALUES (6, :'A', 2), (13, :'B', 12);
UPDATE k.children SET tenant_id = :'A' WHERE id = 13;
-- A referenced row stays with those that reference it, and all of them may move together.
UPDATE k.parents SET tenant_id = :'A' WHERE id = 12;
WITH p AS (UPDATE k.parents SET tenant_id = :'A' WHERE id = 12) UPDATE k.children SET tenant_id = :'A' WHERE parent_id = 12;
WITH p AS (UPDATE k.parents SET tenant_id = :'B' WHERE id = 12) UPDATE k.children SET tenant_id = :'B' WHERE parent_id = 12;
-- Nor does another tenant's row take the place of one that is referenced.
ALTER TABLE k.children ALTER CONSTRAINT up DEFERRABLE INITIALLY DEFERRED;
RESET SESSION AUTHORIZATION;
ALTER TABLE k.children ALTER CONSTRAINT up DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE k.children DROP CONSTRAINT parent, ADD CONSTRAINT parent FOREIGN KEY (parent_id) REFERENCES k.parents DEFERRABLE;
SELECT conname, checks FROM k.keys ORDER BY conname;
BEGIN;
SET CONSTRAINTS k.parent DEFERRED;
DELETE FROM k.parents WHERE id = 12;
INSERT INTO k.parents VALUES (12, :'A');
SET CONSTRAINTS k.parent IMMEDIATE;
ROLLBACK;
BEGIN;
SET CONSTRAINTS ALL DEFERRED;
DELETE FROM k.parents WHERE id = 12;
INSERT INTO k.parents VALUES (12, :'B');
INSERT INTO k.children VALUES (20, :'A', 30, 21), (21, :'A', NULL, NULL);
-- Unchanged, but the check of the row that was there is void now.
UPDATE k.children SET id = 22 WHERE id = 20;
INSERT INTO k.parents VALUES (30, :'B');
COMMIT;
BEGIN;
SET CONSTRAINTS ALL DEFERRED;
INSERT INTO k.children VALUES (20, :'A', 30, 21), (21, :'A', NULL, NULL);
INSERT INTO k.parents VALUES (30, :'B');
-- Its check finds nothing to complain of: the row is gone.
DELETE FROM k.children WHERE id = 20;
COMMIT;
RESET row_security;

-- The checks cannot be dropped or switched off.
SELECT tgname AS check FROM pg_trigger WHERE tgfoid = 'tenant.check_reference'::regproc AND tgrelid = 'k.children'::regclass
	ORDER BY tgconstraint LIMIT 1 \gset
\set VERBOSITY sqlstate
SET SESSION AUTHORIZATION fx_owner;
DROP TRIGGER :"check" ON k.children;
ALTER TABLE k.children DISABLE TRIGGER :"check";
ALTER TABLE k.children DISABLE TRIGGER ALL;
ALTER TABLE k.children DISABLE TRIGGER USER;
CREATE TRIGGER mine AFTER INSERT ON k.children FOR EACH ROW EXECUTE FUNCTION tenant.check_reference();
RESET SESSION AUTHORIZATION;
\set VERBOSITY default
ALTER TABLE k.children DISABLE TRIGGER ALL;
ALTER TABLE k.children ENABLE REPLICA TRIGGER :"check";
\set VERBOSITY sqlstate
DROP TRIGGER :"check" ON k.children CASCADE;
\set VERBOSITY default
-- Every key has them; pg_restore may switch them off.
SELECT name, checked FROM tenant.unsafe_keys WHERE kind = 'foreign' ORDER BY 1;
SET row_security = off;
ALTER TABLE k.children DISABLE TRIGGER ALL;
SELECT name, checked FROM tenant.unsafe_keys WHERE kind = 'foreign' ORDER BY 1;
ALTER TABLE k.children ENABLE TRIGGER ALL;
RESET row_security;
SELECT tenant.check_reference();
CREATE TRIGGER mine AFTER INSERT ON k.parents FOR EACH ROW EXECUTE FUNCTION tenant.check_reference();
INSERT INTO k.parents (id) VALUES (40);
DROP TRIGGER mine ON k.parents;

-- Later: a key that is added, inline or not, valid or not; its rows are looked at.
SET SESSION AUTHORIZATION fx_owner;
CREATE TABLE k.later (id int PRIMARY KEY, parent_id int, other int);
INSERT INTO k.later VALUES (1, 2), (2, 11);
SELECT tenant.protect('k.later', assign_to => :'A');
ALTER TABLE k.later ADD CONSTRAINT later FOREIGN KEY (parent_id) REFERENCES k.parents;
ALTER TABLE k.later ADD CONSTRAINT later FOREIGN KEY (parent_id) REFERENCES k.parents NOT VALID;
SET app.tenant_id = :'A';
UPDATE k.later SET parent_id = 98 WHERE id = 2;
ALTER TABLE k.later ADD CONSTRAINT later FOREIGN KEY (parent_id) REFERENCES k.parents ON DELETE CASCADE NOT VALID;
ALTER TABLE k.later ADD COLUMN up int CONSTRAINT up2 REFERENCES k.later;
-- A row that such a key lets dangle is not caught by another tenant's.
SET app.tenant_id = :'B';
INSERT INTO k.parents VALUES (98);
SET app.tenant_id = :'A';
INSERT INTO k.parents VALUES (98);
ALTER TABLE k.later VALIDATE CONSTRAINT later;
-- Retyping a column makes its keys anew.
ALTER TABLE k.later ALTER COLUMN parent_id TYPE bigint;
ALTER TABLE k.later RENAME CONSTRAINT later TO renamed;
SELECT conname, definition, checks FROM k.keys WHERE tbl = 'k.later'::regclass ORDER BY 1;
INSERT INTO k.later (id, parent_id) VALUES (3, 11);
ALTER TABLE k.parents RENAME TO forebears;
ALTER TABLE k.forebears RENAME id TO number;
INSERT INTO k.later (id, parent_id) VALUES (3, 11);
ALTER TABLE k.later DROP CONSTRAINT renamed;
SELECT count(*) FROM pg_trigger t WHERE tgname ~ '^tenant_check' AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.oid = tgconstraint);
ALTER TABLE k.later ADD CONSTRAINT later FOREIGN KEY (parent_id) REFERENCES k.forebears;
-- A shared table is referenced freely; a key that pairs the columns has no checks.
CREATE TABLE k.countries (code text PRIMARY KEY);
INSERT INTO k.countries VALUES ('AT');
CREATE TABLE k.own (tenant_id uuid, id int, up int, country text REFERENCES k.countries, PRIMARY KEY (tenant_id, id),
	CONSTRAINT own FOREIGN KEY (tenant_id, up) REFERENCES k.own);
SELECT tenant.protect('k.own');
INSERT INTO k.own (id, country) VALUES (1, 'AT');
SELECT conname, checks FROM k.keys WHERE tbl = 'k.own'::regclass ORDER BY 1;
-- An unprotected table too, until it is protected.
CREATE TABLE k.free (tenant_id uuid, parent_id int REFERENCES k.forebears);
INSERT INTO k.free VALUES (:'A', 11);
SELECT tenant.protect('k.free');
SELECT tenant.unprotect('k.later');
SELECT checks FROM k.keys WHERE tbl = 'k.later'::regclass ORDER BY conname;
INSERT INTO k.later (tenant_id, id, parent_id) VALUES (:'A', 3, 11);
-- What a key does when a row of a shared table changes reaches the tenant's own rows, or is refused.
CREATE TABLE k.colours (code text PRIMARY KEY);
INSERT INTO k.colours VALUES ('red'), ('blue'), ('grey'), ('pink');
CREATE TABLE k.shirts (tenant_id uuid, id int, colour text REFERENCES k.colours ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE k.hats (tenant_id uuid, id int, colour text DEFAULT 'grey' REFERENCES k.colours ON DELETE SET NULL ON UPDATE SET DEFAULT);
INSERT INTO k.shirts VALUES (:'A', 1, 'red'), (:'B', 2, 'blue'), (:'A', 4, 'pink');
INSERT INTO k.hats VALUES (:'A', 1, 'red'), (:'B', 2, 'blue');
SELECT tenant.protect('k.shirts'), tenant.protect('k.hats'), tenant.share('k.colours');
CREATE FUNCTION k.try(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END$$;
CREATE TABLE k.attempts (n int, statement text);
INSERT INTO k.attempts VALUES (1, $$UPDATE k.colours SET code = 'navy' WHERE code = 'blue'$$), (2, $$DELETE FROM k.colours WHERE code = 'blue'$$),
	(3, $$UPDATE k.colours SET code = 'rose' WHERE code = 'pink'$$), (4, $$DELETE FROM k.colours WHERE code = 'red'$$);
SELECT tenant.share('k.attempts');
RESET SESSION AUTHORIZATION;
SET app.tenant_id = '';
SELECT n, k.try(statement) FROM k.attempts ORDER BY n;
SET app.tenant_id = :'A';
SELECT n, k.try(statement) FROM k.attempts WHERE n < 3 ORDER BY n;
SET SESSION AUTHORIZATION fx_app;
SELECT n, k.try(statement) FROM k.attempts ORDER BY n;
-- Whatever the planner asks of a row first.
\c -
BEGIN;
ALTER FUNCTION texteq(text, text) COST 1000;
SET LOCAL app.tenant_id = :'A';
UPDATE k.colours SET code = 'pale' WHERE code = 'rose';
SELECT id, colour FROM k.shirts;
ROLLBACK;
SET row_security = off;
TABLE k.shirts ORDER BY id;
TABLE k.hats ORDER BY id;
SELECT n, k.try(statement) FROM k.attempts WHERE n = 2;
TABLE k.shirts ORDER BY id;
TABLE k.hats ORDER BY id;
RESET row_security;
SET client_min_messages = error;
DROP SCHEMA k CASCADE;
