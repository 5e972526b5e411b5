-- Commands that would reach other tenants' rows, or open a protected table.
\set SHOW_CONTEXT never
\set A '11111111-1111-1111-1111-111111111111'
\set B '22222222-2222-2222-2222-222222222222'
CREATE SCHEMA bd AUTHORIZATION fx_owner;
GRANT USAGE ON SCHEMA bd TO fx_app, fx_bypass;
SET SESSION AUTHORIZATION fx_owner;
CREATE TABLE bd.items (tenant_id uuid, id int, name text, doubled int GENERATED ALWAYS AS (id * 2) STORED, PRIMARY KEY (tenant_id, id));
CREATE TABLE bd.parted (tenant_id uuid, id int) PARTITION BY LIST (id);
CREATE TABLE bd.parted_1 PARTITION OF bd.parted FOR VALUES IN (1);
CREATE TABLE bd.shared (id int PRIMARY KEY);
CREATE TABLE bd.refers (tenant_id uuid, id int, shared int REFERENCES bd.shared, PRIMARY KEY (tenant_id, id));
INSERT INTO bd.items VALUES (:'A', 1, 'a one'), (:'A', 2, 'a two'), (:'B', 3, 'b three');
INSERT INTO bd.parted VALUES (:'A', 1), (:'B', 1);
INSERT INTO bd.shared VALUES (1);
INSERT INTO bd.refers VALUES (:'B', 1, 1);
SELECT tenant.protect('bd.items'), tenant.protect('bd.parted'), tenant.protect('bd.refers');
GRANT ALL ON ALL TABLES IN SCHEMA bd TO fx_app, fx_bypass;

-- TRUNCATE: by whoever has the privilege, directly, by a partition, by a cascade.
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
TRUNCATE bd.items;
TRUNCATE bd.parted_1;
TRUNCATE bd.shared CASCADE;
SET app.tenant_id = '';
TRUNCATE bd.items;
SET SESSION AUTHORIZATION fx_owner;
SET app.tenant_id = :'A';
TRUNCATE ONLY bd.parted;
RESET SESSION AUTHORIZATION;
SET app.tenant_id = :'A';
TRUNCATE bd.shared, bd.items CASCADE;
BEGIN;
SET LOCAL row_security = off;
TRUNCATE bd.items;
ROLLBACK;
BEGIN;
LOCK TABLE bd.items;
COMMIT;
-- A protected partition of a table that is not, which only a superuser brings about.
CREATE TABLE bd.open_parent (tenant_id uuid, id int) PARTITION BY LIST (id);
CREATE TABLE bd.inside (tenant_id uuid NOT NULL, id int);
SELECT tenant.protect('bd.inside');
SET session_replication_role = replica;
ALTER TABLE bd.open_parent ATTACH PARTITION bd.inside FOR VALUES IN (1);
RESET session_replication_role;
TRUNCATE bd.open_parent;
DROP TABLE bd.open_parent;
REINDEX TABLE bd.items;
CLUSTER bd.items USING items_pkey;
VACUUM bd.items;

-- COPY TO: of a table and of a query, for every role, of partitioned tables too.
COPY bd.items TO STDOUT;
COPY bd.items (name, id) TO STDOUT WITH (FORMAT csv, HEADER, FORCE_QUOTE (name));
COPY bd.parted TO STDOUT;
COPY bd.parted_1 TO STDOUT;
COPY (SELECT name FROM bd.items) TO STDOUT;
COPY bd.items (nothing) TO STDOUT;
COPY bd.shared TO STDOUT;
SET SESSION AUTHORIZATION fx_bypass;
SET app.tenant_id = :'B';
COPY bd.items TO STDOUT;
SET row_security = off;
COPY bd.items TO STDOUT;
RESET row_security;
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'B';
COPY bd.parted TO STDOUT;
COPY bd.items TO STDOUT;
SET app.tenant_id = '';
COPY bd.items TO STDOUT;
RESET SESSION AUTHORIZATION;
SET app.tenant_id = '';
COPY bd.items TO STDOUT;
\set SHOW_CONTEXT errors

-- DDL by the owner: what opens a table is refused, the rest works.
SET SESSION AUTHORIZATION fx_owner;
SET app.tenant_id = :'A';
ALTER TABLE bd.items DISABLE ROW LEVEL SECURITY;
ALTER TABLE bd.items NO FORCE ROW LEVEL SECURITY;
ALTER TABLE bd.parted_1 DISABLE ROW LEVEL SECURITY;
DROP POLICY tenant_isolation ON bd.items;
ALTER POLICY tenant_isolation ON bd.items USING (true);
ALTER POLICY tenant_isolation ON bd.items TO fx_bypass;
ALTER POLICY tenant_isolation ON bd.items RENAME TO something;
ALTER TABLE bd.items ALTER tenant_id DROP NOT NULL;
ALTER TABLE bd.parted ALTER tenant_id DROP DEFAULT;
ALTER TABLE bd.items ALTER tenant_id SET DEFAULT '22222222-2222-2222-2222-222222222222';
ALTER TABLE bd.items DROP COLUMN tenant_id;
ALTER TABLE bd.items DROP COLUMN tenant_id CASCADE;
ALTER TABLE bd.items ALTER tenant_id TYPE text;
SELECT count(*) FROM bd.items;
ALTER TABLE bd.items RENAME tenant_id TO owner_id;
ALTER TABLE bd.items RENAME TO things;
ALTER TABLE bd.things ADD COLUMN more int, ALTER name SET NOT NULL;
SELECT count(*) FROM bd.things;
SELECT tbl, tenant_column FROM tenant.protected_tables WHERE tbl = 'bd.things'::regclass;
ALTER TABLE bd.things RENAME TO items;
ALTER TABLE bd.items RENAME owner_id TO tenant_id;
CREATE POLICY mine ON bd.items USING (id > 0);
DROP POLICY mine ON bd.items;
RESET SESSION AUTHORIZATION;
ALTER TABLE bd.items DISABLE ROW LEVEL SECURITY;
ALTER TABLE bd.items OWNER TO fx_bypass;
ALTER TABLE bd.items SET SCHEMA fx;
SET app.tenant_id = :'A';
SELECT count(*) FROM fx.items;
ALTER TABLE fx.items SET SCHEMA bd;
-- pg_restore --clean runs so.
BEGIN;
SET LOCAL row_security = off;
DROP POLICY tenant_isolation ON bd.items;
ALTER TABLE bd.items DISABLE ROW LEVEL SECURITY;
ROLLBACK;

-- Materialized views hold the rows of whoever filled them.
SET row_security = off;
CREATE MATERIALIZED VIEW bd.everything AS SELECT * FROM bd.items;
CREATE VIEW bd.between AS SELECT name FROM bd.items;
CREATE MATERIALIZED VIEW bd.nested AS SELECT * FROM bd.between;
CREATE VIEW bd.on_top AS SELECT * FROM bd.nested;
CREATE MATERIALIZED VIEW bd.harmless AS SELECT * FROM bd.shared;
GRANT SELECT ON bd.everything, bd.nested, bd.on_top, bd.harmless TO fx_app;
SELECT count(*) FROM bd.everything;
RESET row_security;
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
SELECT count(*) FROM bd.everything;
SELECT count(*) FROM bd.on_top;
SELECT count(*) FROM bd.harmless;
COPY bd.everything TO STDOUT;
COPY (SELECT * FROM bd.nested) TO STDOUT;
RESET SESSION AUTHORIZATION;
SET app.tenant_id = :'A';
SELECT count(*) FROM bd.nested;
REFRESH MATERIALIZED VIEW bd.everything;
SET app.tenant_id = '';
REFRESH MATERIALIZED VIEW bd.everything;
SET row_security = off;
REFRESH MATERIALIZED VIEW bd.everything;
SELECT count(*) FROM bd.everything;
RESET row_security;

-- A policy that would go with something else.
SET app.tenant_id = :'A';
SET client_min_messages = warning;
SET SESSION AUTHORIZATION fx_owner;
SET app.tenant_id = '';
CREATE COLLATION bd.plain (provider = libc, locale = 'C');
CREATE TABLE bd.collated (id int, tenant_id text COLLATE bd.plain NOT NULL);
SELECT tenant.protect('bd.collated');
DROP COLLATION bd.plain CASCADE;
DROP TABLE bd.collated;
CREATE TYPE bd.shape AS (id int, tenant_id text);
CREATE TABLE bd.typed OF bd.shape;
SELECT tenant.protect('bd.typed');
ALTER TYPE bd.shape DROP ATTRIBUTE tenant_id CASCADE;
DROP TABLE bd.typed;
RESET SESSION AUTHORIZATION;
DROP EXTENSION plpgsql CASCADE;
SET row_security = off;
DROP EXTENSION plpgsql CASCADE;
RESET row_security;
ALTER SCHEMA tenant RENAME TO something;
RESET client_min_messages;

-- Without the extension the tables are closed, not open.
DROP SCHEMA tenant CASCADE;
DROP OWNED BY CURRENT_USER CASCADE;
\set VERBOSITY sqlstate
DROP EXTENSION pg_tenant;
\set VERBOSITY default
BEGIN;
SET client_min_messages = warning;
DROP EXTENSION pg_tenant CASCADE;
SET ROLE fx_app;
SELECT count(*) FROM bd.items;
SELECT count(*) FROM fx.customers;
INSERT INTO fx.notes VALUES ('zeta', 9, 'planted');
ROLLBACK;
SET app.tenant_id = :'A';
SELECT count(*) FROM bd.items;
BEGIN;
SET LOCAL client_min_messages = error;
DROP EXTENSION pg_tenant CASCADE;
CREATE EXTENSION pg_tenant;
SELECT (tenant.provision(:'A')).status;
SET LOCAL app.tenant_id = '';
SELECT tenant.protect('bd.items');
SET LOCAL ROLE fx_app;
SET LOCAL app.tenant_id = :'A';
SELECT count(*) FROM bd.items;
ROLLBACK;

-- What was missing before is not lost: the faults of a table can be mended one by one.
BEGIN;
SET LOCAL row_security = off;
ALTER TABLE bd.items NO FORCE ROW LEVEL SECURITY, ALTER tenant_id DROP DEFAULT;
RESET row_security;
SAVEPOINT s;
ALTER TABLE bd.parted ALTER tenant_id DROP DEFAULT;
ROLLBACK TO s;
ALTER TABLE bd.items FORCE ROW LEVEL SECURITY;
SAVEPOINT s;
ALTER TABLE bd.items NO FORCE ROW LEVEL SECURITY;
ROLLBACK TO s;
ALTER TABLE bd.items ALTER tenant_id SET DEFAULT tenant.current_uuid();
ALTER TABLE bd.items ALTER tenant_id DROP DEFAULT;
ROLLBACK;

-- A TOAST table keeps long values of all tenants, and a superuser may name it.
CREATE FUNCTION bd.read_toast(of_table regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	toast regclass := (SELECT reltoastrelid FROM pg_class WHERE oid = of_table);
	chunks bigint;
BEGIN
	EXECUTE format('SELECT count(chunk_data) FROM %s', toast) INTO chunks;
	RETURN chunks;
EXCEPTION WHEN SQLSTATE 'TN006' THEN
	RETURN replace(SQLERRM, of_table::oid::text, '…');
END$$;
CREATE TABLE bd.plain (id int, body text);
SELECT bd.read_toast('fx.notes');
SELECT bd.read_toast('bd.plain');
SELECT bd.read_toast('pg_statistic'), bd.read_toast('pg_statistic_ext_data');
SELECT bd.read_toast('pg_proc') ~ '^[0-9]+$' AS of_a_catalog;
SET row_security = off;
SELECT bd.read_toast('fx.notes');
RESET row_security;

SET client_min_messages = error;
SET row_security = off;
DROP SCHEMA bd CASCADE;
