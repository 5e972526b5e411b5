-- A child of several parents, and protected parts of a table that is open.
\set SHOW_CONTEXT never
CREATE SCHEMA ps AUTHORIZATION fx_owner;
GRANT USAGE ON SCHEMA ps TO fx_app;
SET SESSION AUTHORIZATION fx_owner;
ALTER DEFAULT PRIVILEGES IN SCHEMA ps GRANT SELECT, UPDATE, DELETE ON TABLES TO fx_app;
CREATE TABLE ps.one (tenant_id text NOT NULL, x int);
CREATE TABLE ps.two (tenant_id text NOT NULL, y int);
SELECT tenant.protect('ps.one'), tenant.protect('ps.two');
CREATE TABLE ps.middle () INHERITS (ps.one);
CREATE TABLE ps.both () INHERITS (ps.middle, ps.two);
SET app.tenant_id = '7';
INSERT INTO ps.both VALUES ('7', 1, 1);
SET app.tenant_id = '8';
INSERT INTO ps.both VALUES ('8', 2, 2);
SET app.tenant_id = '7';
-- Its rows stay the other parent's.
SELECT tenant.unprotect('ps.one');
SELECT tenant.unprotect('ps.two');
SELECT tbl, part_of FROM tenant.protected_tables WHERE tbl::text LIKE 'ps.%' ORDER BY tbl::text;
SELECT x FROM ps.both;
ALTER TABLE ps.both NO INHERIT ps.middle;
SELECT tenant.unprotect('ps.one');
SELECT tbl FROM tenant.protected_tables WHERE tbl::text LIKE 'ps.%' ORDER BY tbl::text;
SELECT x FROM ps.both;
DROP TABLE ps.one, ps.two CASCADE;

-- A parent that lost its policy: nobody who is confined reads through it, whoever he is.
CREATE TABLE ps.open (tenant_id text NOT NULL, x int);
CREATE TABLE ps.part () INHERITS (ps.open);
CREATE TABLE ps.deeper () INHERITS (ps.part);
INSERT INTO ps.deeper VALUES ('7', 1), ('8', 2);
INSERT INTO ps.open VALUES ('8', 3);
SELECT tenant.protect('ps.open');
CREATE VIEW ps.through AS SELECT * FROM ps.open;
CREATE FUNCTION ps.inlined() RETURNS SETOF ps.open LANGUAGE sql STABLE AS 'SELECT * FROM ps.open';
PREPARE reads AS SELECT x FROM ps.open;
EXECUTE reads;
RESET SESSION AUTHORIZATION;
SET app.tenant_id = '7';
SET row_security = off;
DROP POLICY tenant_isolation ON ps.open;
SELECT x FROM ps.open ORDER BY x;
RESET row_security;
SELECT count(*) FROM ps.open;
SELECT count(*) FROM ps.through;
SELECT count(*) FROM ps.inlined();
SET SESSION AUTHORIZATION fx_owner;
EXECUTE reads;
SELECT x FROM ps.open;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT * FROM ps.open;
UPDATE ps.open SET x = 0;
SELECT x FROM ONLY ps.open;
SELECT x FROM ps.part;
SET SESSION AUTHORIZATION fx_app;
SELECT x FROM ps.open;
DELETE FROM ps.open;
SELECT x FROM ps.part;
-- What tenant.check() says mends it.
RESET SESSION AUTHORIZATION;
SELECT fix FROM tenant.check() WHERE code = 'open_parent' AND object LIKE 'ps.%';
SET SESSION AUTHORIZATION fx_owner;
SELECT tenant.protect('ps.open', 'tenant_id', 'text');
EXECUTE reads;
SELECT x FROM ps.open;
SELECT c.relname, relrowsecurity, relforcerowsecurity FROM pg_class c WHERE relnamespace = 'ps'::regnamespace AND relkind = 'r' ORDER BY 1;
-- And so by a superuser.
RESET SESSION AUTHORIZATION;
SET row_security = off;
DROP POLICY tenant_isolation ON ps.open;
RESET row_security;
SELECT tenant.protect('ps.open', 'tenant_id', 'text', register => true);
SELECT count(*) FROM ps.open;
SET SESSION AUTHORIZATION fx_owner;
DROP TABLE ps.open CASCADE;

-- Parents that are protected one after the other.
CREATE TABLE ps.one (tenant_id text NOT NULL, x int);
CREATE TABLE ps.two (tenant_id text NOT NULL, y int);
CREATE TABLE ps.both () INHERITS (ps.one, ps.two);
INSERT INTO ps.both VALUES ('7', 1, 1), ('8', 2, 2);
SELECT tenant.protect('ps.one');
SELECT y FROM ps.two;
SELECT tenant.protect('ps.two');
SELECT y FROM ps.two;
RESET SESSION AUTHORIZATION;
SET client_min_messages = warning;
DROP SCHEMA ps CASCADE;
