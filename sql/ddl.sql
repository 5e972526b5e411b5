-- What DDL does to protected tables, beyond what sql/boundary.sql refuses: they stay protected, whatever they are called and wherever they are.
\set SHOW_CONTEXT never
\set A '11111111-1111-1111-1111-111111111111'
\set B '22222222-2222-2222-2222-222222222222'
CREATE ROLE dd_other;
CREATE SCHEMA dd AUTHORIZATION fx_owner;
CREATE SCHEMA dd_2 AUTHORIZATION fx_owner;
GRANT fx_owner TO dd_other;
GRANT ALL ON SCHEMA dd, dd_2 TO fx_app, fx_bypass, dd_other;
SET SESSION AUTHORIZATION fx_owner;
CREATE TABLE dd.items (tenant_id uuid, owner_id uuid, id int, name text, PRIMARY KEY (tenant_id, id));
CREATE TABLE dd.parted (tenant_id uuid, owner_id uuid, id int) PARTITION BY LIST (id);
CREATE TABLE dd.parted_1 PARTITION OF dd.parted FOR VALUES IN (1);
CREATE TABLE dd.base (tenant_id uuid, id int);
CREATE TABLE dd.child () INHERITS (dd.base);
INSERT INTO dd.items VALUES (:'A', :'A', 1, 'a one'), (:'B', :'B', 2, 'b two');
INSERT INTO dd.parted VALUES (:'A', :'A', 1), (:'B', :'B', 1);
INSERT INTO dd.child VALUES (:'A', 1), (:'B', 2);
SELECT tenant.protect('dd.items'), tenant.protect('dd.parted'), tenant.protect('dd.base');
-- What a tenant's session sees of a table: its own rows alone, and none without a tenant.
CREATE FUNCTION dd.seen(tbl regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	own bigint;
	result text;
BEGIN
	PERFORM set_config('app.tenant_id', '11111111-1111-1111-1111-111111111111', true);
	EXECUTE 'SELECT count(*) FROM ' || tbl INTO own;
	PERFORM set_config('app.tenant_id', '', true);
	EXECUTE 'SELECT count(*) FROM ' || tbl INTO own;
	RETURN 'without a tenant: ' || own;
EXCEPTION WHEN SQLSTATE 'TN001' THEN
	RETURN format('%s of its own, TN001 without a tenant', own);
END
$$;

-- Renamed, moved, given away.
ALTER TABLE dd.items SET SCHEMA dd_2;
RESET SESSION AUTHORIZATION;
ALTER SCHEMA dd_2 RENAME TO dd_3;
SET SESSION AUTHORIZATION fx_owner;
SELECT dd.seen('dd_3.items');
ALTER TABLE dd_3.items SET SCHEMA pg_temp;
ALTER TABLE dd_3.items SET SCHEMA tenant;
ALTER TABLE dd_3.items SET SCHEMA dd;
ALTER TABLE dd.parted RENAME tenant_id TO org;
SELECT tbl, tenant_column FROM tenant.protected_tables WHERE tbl IN ('dd.parted'::regclass, 'dd.parted_1') ORDER BY tbl;
SELECT dd.seen('dd.parted_1');
ALTER TABLE dd.parted RENAME org TO tenant_id;
RESET SESSION AUTHORIZATION;
ALTER TABLE dd.items OWNER TO dd_other;
GRANT SELECT ON dd.items TO fx_owner;
SET SESSION AUTHORIZATION dd_other;
SELECT dd.seen('dd.items');
RESET SESSION AUTHORIZATION;
ALTER TABLE dd.items OWNER TO fx_bypass;
SET SESSION AUTHORIZATION fx_bypass;
SELECT dd.seen('dd.items');
RESET SESSION AUTHORIZATION;
SELECT dd.seen('dd.items');
ALTER TABLE dd.items OWNER TO fx_owner;
ALTER TABLE dd.items SET SCHEMA tenant;
SELECT dd.seen('tenant.items');
ALTER TABLE tenant.items SET SCHEMA dd;

-- The tenant column: its type, its values.
SET SESSION AUTHORIZATION fx_owner;
ALTER TABLE dd.items ALTER tenant_id TYPE text;
ALTER TABLE dd.items ALTER tenant_id TYPE uuid USING owner_id;
ALTER TABLE dd.items ALTER tenant_id SET DEFAULT gen_random_uuid();
ALTER TABLE dd.items ALTER tenant_id SET DEFAULT tenant.current_uuid();
ALTER TABLE dd.items ALTER tenant_id ADD GENERATED ALWAYS AS IDENTITY;
ALTER TABLE dd.items DROP CONSTRAINT items_pkey;
ALTER TABLE dd.items ADD PRIMARY KEY (tenant_id, id);

-- Parts: protected when they come, and when they have gone.
CREATE TABLE dd.loose (tenant_id uuid, owner_id uuid, id int);
INSERT INTO dd.loose VALUES (NULL, NULL, 2);
\set VERBOSITY sqlstate
ALTER TABLE dd.parted ATTACH PARTITION dd.loose FOR VALUES IN (2);
\set VERBOSITY default
UPDATE dd.loose SET tenant_id = :'B';
ALTER TABLE dd.loose ALTER tenant_id SET NOT NULL;
ALTER TABLE dd.parted ATTACH PARTITION dd.loose FOR VALUES IN (2);
SELECT dd.seen('dd.loose');
ALTER TABLE dd.parted DETACH PARTITION dd.loose;
SELECT dd.seen('dd.loose');
ALTER TABLE dd.parted DETACH PARTITION dd.parted_1 CONCURRENTLY;
SELECT dd.seen('dd.parted_1');
ALTER TABLE dd.child NO INHERIT dd.base;
SELECT dd.seen('dd.child');
ALTER TABLE dd.child INHERIT dd.base;
CREATE TABLE dd.columnless (id int);
ALTER TABLE dd.columnless INHERIT dd.base;
CREATE TABLE dd.by_owner (tenant_id uuid NOT NULL, owner_id uuid, id int);
SELECT tenant.protect('dd.by_owner', 'owner_id');
ALTER TABLE dd.parted ATTACH PARTITION dd.by_owner FOR VALUES IN (3);
CREATE TABLE dd.above (owner_id uuid, tenant_id uuid, id int);
SELECT tenant.protect('dd.above', 'owner_id');
ALTER TABLE dd.by_owner INHERIT dd.above;
SELECT dd.seen('dd.above');
CREATE TYPE dd.shape AS (tenant_id uuid, id int);
ALTER TABLE dd.loose DROP COLUMN owner_id;
ALTER TABLE dd.loose OF dd.shape;
SELECT dd.seen('dd.loose');
ALTER TYPE dd.shape RENAME ATTRIBUTE tenant_id TO org CASCADE;
SELECT dd.seen('dd.loose');
ALTER TABLE dd.loose NOT OF;

-- Storage, triggers, rules.
ALTER TABLE dd.items SET UNLOGGED;
ALTER TABLE dd.items SET LOGGED;
ALTER TABLE dd.items SET ACCESS METHOD heap;
ALTER TABLE dd.items SET (fillfactor = 50);
CREATE FUNCTION dd.nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER nothing BEFORE UPDATE ON dd.items FOR EACH ROW EXECUTE FUNCTION dd.nothing();
ALTER TABLE dd.items ENABLE REPLICA TRIGGER nothing;
ALTER TABLE dd.items ENABLE ALWAYS TRIGGER nothing;
DROP TRIGGER nothing ON dd.items;
-- With one error in 15, with another one later.
DO $$
BEGIN
	CREATE RULE "_RETURN" AS ON SELECT TO dd.items DO INSTEAD SELECT * FROM dd.items;
	RAISE 'the table became a view';
EXCEPTION WHEN object_not_in_prerequisite_state OR wrong_object_type THEN
END
$$;
CLUSTER dd.items USING items_pkey;
VACUUM FULL dd.items;
REINDEX TABLE dd.items;
ANALYZE dd.items;
BEGIN;
LOCK TABLE dd.items IN ACCESS EXCLUSIVE MODE;
COMMIT;
SELECT dd.seen('dd.items');

-- pg_tenant's own functions, by those who are no superusers.
CREATE OR REPLACE FUNCTION tenant.current_uuid() RETURNS uuid LANGUAGE sql AS $$SELECT '22222222-2222-2222-2222-222222222222'::uuid$$;
CREATE FUNCTION tenant.current_uuid(int) RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid';
ALTER FUNCTION tenant.current_uuid() OWNER TO fx_owner;
ALTER FUNCTION tenant.current_uuid() SET app.tenant_id = '22222222-2222-2222-2222-222222222222';
ALTER EXTENSION pg_tenant DROP FUNCTION tenant.current_uuid();
ALTER EVENT TRIGGER tenant_protect_new_parts DISABLE;
DROP FUNCTION tenant.current_uuid() CASCADE;
RESET SESSION AUTHORIZATION;
-- And by a superuser who does not know what hangs on them.
BEGIN;
ALTER EXTENSION pg_tenant DROP FUNCTION tenant.current_uuid();
SET client_min_messages = warning;
\set VERBOSITY sqlstate
DROP FUNCTION tenant.current_uuid() CASCADE;
\set VERBOSITY default
ROLLBACK;
DROP FUNCTION tenant.current_uuid() CASCADE;

SET client_min_messages = warning;
SET row_security = off;
DROP SCHEMA dd, dd_3 CASCADE;
DROP ROLE dd_other;
