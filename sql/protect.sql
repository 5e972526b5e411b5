-- Adoption of tables as they are found in the world.
\set A '11111111-1111-1111-1111-111111111111'
\set B '22222222-2222-2222-2222-222222222222'
CREATE SCHEMA pr AUTHORIZATION fx_owner;
GRANT USAGE ON SCHEMA pr TO fx_app;
SET SESSION AUTHORIZATION fx_owner;
ALTER DEFAULT PRIVILEGES IN SCHEMA pr GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO fx_app;

-- No column, no rows: it is added.
CREATE TABLE pr.plain (id int);
SELECT tenant.protect('pr.plain');
SELECT tenant.protect('pr.plain');
\d pr.plain
-- No column, rows: they need a tenant.
CREATE TABLE pr.filled (id int);
INSERT INTO pr.filled SELECT generate_series(1, 3);
SELECT tenant.protect('pr.filled');
SELECT tenant.protect('pr.filled', assign_to => 'nobody', column_type => 'text');
SELECT tenant.protect('pr.filled', assign_to => 'acme');
SELECT tenant.protect('pr.filled', assign_to => :'A');
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
SELECT count(*) FROM pr.filled;
INSERT INTO pr.filled VALUES (4);
SET app.tenant_id = :'B';
SELECT count(*) FROM pr.filled;
INSERT INTO pr.filled VALUES (5) RETURNING tenant_id;
-- A column with gaps.
SET SESSION AUTHORIZATION fx_owner;
CREATE TABLE pr.gaps (tenant_id bigint, id int);
INSERT INTO pr.gaps VALUES (7, 1), (NULL, 2), (NULL, 3);
SELECT tenant.protect('pr.gaps');
SELECT tenant.protect('pr.gaps', assign_to => '007');
SELECT tenant.protect('pr.gaps', assign_to => '8');
SELECT attnotnull, pg_get_expr(adbin, adrelid) FROM pg_attribute JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
	WHERE attrelid = 'pr.gaps'::regclass;
-- Rows that name tenants nobody registered.
CREATE TABLE pr.strangers (tenant_id text, id int);
INSERT INTO pr.strangers VALUES ('acme', 1), ('new one', 2), ('newer one', 3);
SELECT tenant.protect('pr.strangers');
SELECT tenant.protect('pr.strangers', register => true);
SELECT tenant.protect('pr.strangers', register => true);
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = 'newer one';
SELECT * FROM pr.strangers;
SET SESSION AUTHORIZATION fx_owner;
-- Values that no tenant can have.
CREATE TABLE pr.malformed (tenant_id text, id int);
INSERT INTO pr.malformed VALUES ('', 1), (' acme', 2), ('acme', 3);
SELECT tenant.protect('pr.malformed');
UPDATE pr.malformed SET tenant_id = '{11111111-1111-1111-1111-11111111111A}';
SELECT tenant.protect('pr.malformed');
UPDATE pr.malformed SET tenant_id = tenant.canonical_id(tenant_id);
SELECT tenant.protect('pr.malformed');
-- An error leaves nothing changed.
CREATE TABLE pr.unchanged (id int);
INSERT INTO pr.unchanged VALUES (1);
SELECT tenant.protect('pr.unchanged');
\d pr.unchanged

-- Keys that span tenants are said.
CREATE TABLE pr.parents (tenant_id uuid, id int PRIMARY KEY, code text UNIQUE, UNIQUE (tenant_id, code));
CREATE TABLE pr.children (tenant_id uuid, id int, parent_id int REFERENCES pr.parents, PRIMARY KEY (tenant_id, id));
SELECT tenant.protect('pr.parents');
SELECT tenant.protect('pr.children');

-- Partitions and children, present and future, are protected with their table.
CREATE TABLE pr.events (tenant_id uuid, id int, kind text) PARTITION BY LIST (kind);
CREATE TABLE pr.events_a PARTITION OF pr.events FOR VALUES IN ('a');
CREATE TABLE pr.events_b (kind text, id int, tenant_id uuid NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE pr.events_b1 PARTITION OF pr.events_b FOR VALUES FROM (0) TO (100);
INSERT INTO pr.events_b VALUES ('b', 1, :'A'), ('b', 2, :'B');
SELECT tenant.protect('pr.events_a');
SELECT tenant.protect('pr.events');
SELECT tenant.protect('pr.events_b');
ALTER TABLE pr.events ATTACH PARTITION pr.events_b FOR VALUES IN ('b');
CREATE TABLE pr.events_rest PARTITION OF pr.events DEFAULT;
CREATE TABLE pr.events_b2 PARTITION OF pr.events_b FOR VALUES FROM (100) TO (200);
ALTER TABLE pr.events DETACH PARTITION pr.events_a;
CREATE TABLE pr.base (tenant_id uuid, id int);
CREATE TABLE pr.derived (extra text) INHERITS (pr.base);
INSERT INTO pr.derived VALUES (:'A', 1, 'a'), (:'B', 2, 'b');
SELECT tenant.protect('pr.derived');
SELECT tenant.protect('pr.base');
CREATE TABLE pr.derived_later () INHERITS (pr.base);
CREATE TABLE pr.joining (tenant_id uuid NOT NULL, id int);
INSERT INTO pr.joining VALUES (:'A', 3), (:'B', 4);
ALTER TABLE pr.joining INHERIT pr.base;
SELECT tbl, tenant_column, column_type, open, part_of FROM tenant.protected_tables WHERE tbl::text LIKE 'pr.%' ORDER BY tbl::text;
CREATE TABLE pr.events_c (tenant_id uuid NOT NULL, id int, kind text);
INSERT INTO pr.events_c VALUES (:'A', 1, 'c'), (:'B', 2, 'c');
ALTER TABLE pr.events ATTACH PARTITION pr.events_c FOR VALUES IN ('c');
CREATE TABLE pr.open_parent (tenant_id uuid NOT NULL, id int);
ALTER TABLE pr.derived_later INHERIT pr.open_parent;
CREATE TABLE pr.two_parents () INHERITS (pr.base, pr.open_parent);
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
SELECT count(*) FROM pr.events_c;
SELECT count(*) FROM pr.events;
SELECT count(*) FROM pr.events_b1;
SELECT count(*) FROM pr.base;
SELECT count(*) FROM pr.derived;
SELECT count(*) FROM pr.joining;
INSERT INTO pr.derived_later (id) VALUES (9) RETURNING *;
INSERT INTO pr.events_b2 (kind, id) VALUES ('b', 101) RETURNING *;
INSERT INTO pr.joining (tenant_id, id) VALUES (:'B', 9);
SET SESSION AUTHORIZATION fx_owner;
SELECT tenant.unprotect('pr.derived');
SELECT tenant.unprotect('pr.base');
SELECT tenant.unprotect('pr.events');
SELECT tbl FROM tenant.protected_tables WHERE tbl::text LIKE 'pr.%' ORDER BY tbl::text;
\d pr.derived
SELECT count(*) FROM pr.base;
SELECT tenant.unprotect('pr.base');

-- A table's own permissive policies keep their meaning; none widens ours.
CREATE TABLE pr.own (tenant_id uuid, id int, who name);
INSERT INTO pr.own VALUES (:'A', 1, 'fx_app'), (:'A', 2, 'other'), (:'B', 3, 'fx_app');
CREATE POLICY mine ON pr.own USING (who = current_user);
ALTER TABLE pr.own ENABLE ROW LEVEL SECURITY;
SELECT tenant.protect('pr.own');
CREATE POLICY everything ON pr.own AS PERMISSIVE FOR ALL TO fx_app USING (id <> 2) WITH CHECK (true);
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
SELECT id FROM pr.own ORDER BY id;
INSERT INTO pr.own VALUES (:'B', 4, 'fx_app');
SET SESSION AUTHORIZATION fx_owner;
SELECT open FROM tenant.protected_tables WHERE tbl = 'pr.own'::regclass;
SELECT tenant.unprotect('pr.own');
SELECT tenant.protect('pr.own', open => true);
SET SESSION AUTHORIZATION fx_app;
SELECT id FROM pr.own ORDER BY id;
SET SESSION AUTHORIZATION fx_owner;

-- Again: what was taken away comes back.
RESET SESSION AUTHORIZATION;
SET row_security = off;
ALTER TABLE pr.plain ALTER tenant_id DROP DEFAULT, ALTER tenant_id DROP NOT NULL, NO FORCE ROW LEVEL SECURITY;
RESET row_security;
SET SESSION AUTHORIZATION fx_owner;
SET app.tenant_id = :'A';
DROP INDEX pr.plain_tenant_id_idx;
SELECT tenant.protect('pr.plain');
\d pr.plain

-- A weaker policy of our name protects nothing, and nobody takes it for ours.
CREATE TABLE pr.weak (tenant_id uuid);
ALTER TABLE pr.weak ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON pr.weak AS PERMISSIVE USING (tenant_id = tenant.current_uuid());
SELECT count(*) FROM tenant.protected_tables WHERE tbl = 'pr.weak'::regclass;
SELECT tenant.protect('pr.weak');

-- What cannot be protected.
CREATE VIEW pr.a_view AS SELECT 1 AS tenant_id;
CREATE SEQUENCE pr.a_sequence;
CREATE MATERIALIZED VIEW pr.a_matview AS SELECT 1.5 AS tenant_id;
CREATE TABLE pr.odd (tenant_id numeric);
CREATE TABLE pr.clash (tenant_id uuid);
CREATE POLICY tenant_isolation ON pr.clash USING (true);
SELECT tenant.protect('pr.a_view');
SELECT tenant.protect('pr.a_sequence');
SELECT tenant.protect('pr.a_matview');
SELECT tenant.protect('pg_catalog.pg_class');
SELECT tenant.protect('tenant.tenants');
SELECT tenant.protect('pr.odd');
SELECT tenant.protect('pr.clash');
CREATE TABLE pr.generated (id int, tenant_id int GENERATED ALWAYS AS (id) STORED, other int GENERATED ALWAYS AS IDENTITY);
SELECT tenant.protect('pr.generated');
SELECT tenant.protect('pr.generated', 'other');
SELECT tenant.protect('pr.plain', column_type => 'numeric');
SELECT tenant.protect('pr.plain', 'id');
SELECT tenant.protect('pr.plain', 'ctid');
SELECT tenant.protect(NULL);
SELECT tenant.protect('pr.plain', NULL);
SELECT tenant.protect(0);
SELECT tenant.unprotect('pr.odd');
SELECT tenant.share('pr.plain');
SELECT tenant.share('pr.a_view');
SELECT tenant.share('pr.odd');
SELECT tenant.share('pr.odd');
SELECT relation FROM tenant.shared_tables ORDER BY relation::text;
DROP TABLE pr.odd;
SELECT count(*) FROM tenant.shared_tables;
CREATE TABLE pr.shared_first (tenant_id uuid);
SELECT tenant.share('pr.shared_first');
SELECT tenant.protect('pr.shared_first');
SELECT count(*) FROM tenant.shared_tables;
CREATE TABLE pr.rows_clash (tenant_id uuid);
CREATE POLICY tenant_rows ON pr.rows_clash FOR SELECT USING (true);
SELECT tenant.protect('pr.rows_clash', open => true);
SELECT tenant.protect('pr.rows_clash');
SELECT tenant.unprotect('pr.rows_clash');
SELECT polname FROM pg_policy WHERE polrelid = 'pr.rows_clash'::regclass;
-- Who may not.
SET SESSION AUTHORIZATION fx_app;
SELECT tenant.protect('pr.clash');
SELECT tenant.unprotect('pr.plain');
SELECT count(*) FROM tenant.tenants;
RESET SESSION AUTHORIZATION;
CREATE ROLE pr_admin;
GRANT tenant_admin TO pr_admin;
GRANT USAGE ON SCHEMA pr TO pr_admin;
SET ROLE pr_admin;
SELECT tenant.protect('pr.clash');
SELECT tenant.unprotect('pr.plain');
SELECT tenant.share('pr.clash');
RESET ROLE;
REVOKE USAGE ON SCHEMA pr FROM pr_admin;
DROP ROLE pr_admin;
SET client_min_messages = error;
DROP SCHEMA pr CASCADE;
DELETE FROM tenant.tenants WHERE tenant_id IN ('new one', 'newer one');
