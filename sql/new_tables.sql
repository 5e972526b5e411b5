-- pg_tenant.new_tables: tables that are born without protection.
\set SHOW_CONTEXT never
-- A transaction that is prepared by mistake would stand in the way for ever.
SET lock_timeout = '10s';
\set A '11111111-1111-1111-1111-111111111111'
\set B '22222222-2222-2222-2222-222222222222'
CREATE ROLE nt_owner;
CREATE SCHEMA nt AUTHORIZATION nt_owner;
GRANT USAGE ON SCHEMA nt TO fx_app;
GRANT CREATE, USAGE ON SCHEMA nt TO fx_owner;
CREATE FUNCTION nt.protected() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER AS
	$$SELECT concat_ws(' ', tbl, tenant_column, column_type) FROM tenant.protected_tables WHERE tbl::text LIKE 'nt.%' ORDER BY 1$$;
CREATE FOREIGN DATA WRAPPER nt_wrapper;
CREATE SERVER nt_server FOREIGN DATA WRAPPER nt_wrapper;
GRANT USAGE ON FOREIGN SERVER nt_server TO nt_owner, fx_owner;
SHOW pg_tenant.new_tables;
CREATE TABLE nt.before (id int);

-- Only a superuser, or who was granted it, may change it.
SET SESSION AUTHORIZATION nt_owner;
SET pg_tenant.new_tables = protect;
RESET SESSION AUTHORIZATION;

-- warn: at the end of the transaction.
SET pg_tenant.new_tables = warn;
CREATE TABLE nt.open (id int);
CREATE TEMP TABLE passing (id int);
CREATE VIEW nt.a_view AS SELECT 1 AS one;
CREATE SEQUENCE nt.numbers;
BEGIN;
CREATE TABLE nt.kept (tenant_id uuid);
SELECT tenant.protect('nt.kept');
CREATE TABLE nt.declared (id int PRIMARY KEY, body text);
SELECT tenant.share('nt.declared');
CREATE TABLE nt.dropped (id int);
DROP TABLE nt.dropped;
COMMIT;
BEGIN;
SAVEPOINT s;
CREATE TABLE nt.rolled_back (id int);
ROLLBACK TO s;
CREATE TABLE nt.first (id int);
SAVEPOINT s;
CREATE TABLE nt.second (id int);
ALTER TABLE nt.second RENAME TO renamed;
RELEASE s;
COMMIT;
BEGIN;
CREATE TABLE nt.gone (id int);
ROLLBACK;
CREATE TABLE nt.later (id int);
DROP TABLE nt.open, nt.first, nt.renamed, nt.later;

-- refuse: every way to make a table.
SET pg_tenant.new_tables = refuse;
CREATE TABLE nt.open (id int);
CREATE UNLOGGED TABLE nt.open (id int);
CREATE TABLE nt.open AS SELECT 1 AS id;
CREATE TABLE nt.open (LIKE nt.before);
SELECT 1 AS id INTO nt.open;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) CREATE TABLE nt.open AS SELECT 1 AS id;
PREPARE one_row AS SELECT 1 AS id;
CREATE TABLE nt.open AS EXECUTE one_row;
DO $$BEGIN CREATE TABLE nt.open (id int); END$$;
CREATE MATERIALIZED VIEW nt.open AS SELECT 1 AS id;
CREATE FOREIGN TABLE nt.open (id int) SERVER nt_server;
CREATE TABLE nt.open (id int) PARTITION BY LIST (id);
CREATE TABLE nt.open () INHERITS (nt.before);
CREATE SCHEMA nt_2 CREATE TABLE open (id int);
BEGIN;
CREATE TABLE nt.open (id int);
COMMIT;
BEGIN;
CREATE TABLE nt.open (id int);
PREPARE TRANSACTION 'open';
BEGIN;
CREATE TABLE nt.open (id int);
SET LOCAL pg_tenant.new_tables = ignore;
COMMIT;
SELECT relname FROM pg_class WHERE relname = 'open' AND relkind <> 'v';
-- What passes.
BEGIN;
CREATE TABLE nt.kept_2 (id int) PARTITION BY LIST (id);
CREATE TABLE nt.kept_2_1 PARTITION OF nt.kept_2 FOR VALUES IN (1);
SELECT tenant.protect('nt.kept_2');
COMMIT;
CREATE TABLE nt.kept_2_2 PARTITION OF nt.kept_2 FOR VALUES IN (2);
CREATE TABLE nt.child () INHERITS (nt.kept);
CREATE TEMP TABLE passing_2 (id int);
VACUUM FULL nt.before;
ALTER TABLE nt.before ALTER id TYPE bigint;
CREATE INDEX ON nt.before (id);
BEGIN;
CREATE TABLE nt.ready (id int);
SELECT tenant.share('nt.ready');
PREPARE TRANSACTION 'ready';
COMMIT PREPARED 'ready';
SET row_security = off;
CREATE TABLE nt.restored (id int);
RESET row_security;
CREATE EXTENSION pgstattuple;
DROP EXTENSION pgstattuple;

-- protect: in the same command, for owners who are no tenant_admin too.
SET pg_tenant.new_tables = protect;
SET SESSION AUTHORIZATION nt_owner;
CREATE TABLE nt.plain (id int);
CREATE TABLE nt.typed (tenant_id bigint, id int);
CREATE TABLE nt.referring (id int PRIMARY KEY, declared int);
CREATE TABLE nt.parted (id int) PARTITION BY LIST (id);
CREATE TABLE nt.parted_1 PARTITION OF nt.parted FOR VALUES IN (1);
CREATE TABLE nt.copied AS SELECT :'A'::uuid AS tenant_id, 1 AS id;
CREATE TABLE nt.nobodys AS SELECT 1 AS id;
CREATE TABLE nt.empty AS SELECT 1 AS id WITH NO DATA;
CREATE TEMP TABLE passing_3 (id int);
CREATE FOREIGN TABLE nt.elsewhere (tenant_id uuid, id int) SERVER nt_server;
CREATE FOREIGN TABLE nt.nowhere (id int) SERVER nt_server;
CREATE MATERIALIZED VIEW nt.sums AS SELECT 1 AS one;
CREATE TABLE nt.unsuited (tenant_id numeric);
DROP TABLE passing_3;
GRANT ALL ON nt.plain TO fx_app;
SELECT * FROM nt.protected();
SELECT * FROM nt.plain;
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
INSERT INTO nt.plain VALUES (1);
SET app.tenant_id = :'B';
SELECT * FROM nt.plain;
RESET SESSION AUTHORIZATION;
RESET app.tenant_id;
RESET pg_tenant.new_tables;
SET client_min_messages = warning;
SET row_security = off;
DROP SCHEMA nt CASCADE;
DROP TABLE passing, passing_2;
DROP FOREIGN DATA WRAPPER nt_wrapper CASCADE;
DROP ROLE nt_owner;
