-- Roles that policies do not bind are confined like everyone else, at every level of a query.
\set SHOW_CONTEXT never
\set A '11111111-1111-1111-1111-111111111111'
\set B '22222222-2222-2222-2222-222222222222'
SET app.tenant_id = :'A';
CREATE TEMP TABLE ordinary AS SELECT 1 AS n, ''::text AS answer WHERE false;
GRANT ALL ON ordinary TO PUBLIC;
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
INSERT INTO ordinary SELECT row_number() OVER (), f FROM fx.forms() f;
RESET SESSION AUTHORIZATION;
SET app.tenant_id = :'A';
SELECT count(*) AS superuser_differs FROM (SELECT row_number() OVER () AS n, f FROM fx.forms() f) s JOIN ordinary o USING (n)
	WHERE s.f <> o.answer;
SELECT count(*) FROM ordinary;
SET SESSION AUTHORIZATION fx_bypass;
SET app.tenant_id = :'A';
SELECT count(*) AS bypass_differs FROM (SELECT row_number() OVER () AS n, f FROM fx.forms() f) s JOIN ordinary o USING (n)
	WHERE s.f <> o.answer;
RESET SESSION AUTHORIZATION;
SET app.tenant_id = :'A';

-- Writes for others are refused in the words that an ordinary role gets.
INSERT INTO fx.customers (tenant_id, id, name) VALUES (:'B', 99, 'planted');
INSERT INTO fx.customers (tenant_id, id, name) VALUES (NULL, 99, 'planted');
UPDATE fx.customers SET tenant_id = :'B';
UPDATE fx.orders SET placed = '2026-02-20', tenant_id = :'B' WHERE placed < '2026-02-01';
INSERT INTO fx.customers (tenant_id, id, name) VALUES (:'A', 1, 'x') ON CONFLICT (tenant_id, id) DO UPDATE SET tenant_id = :'B';
INSERT INTO fx.customers (tenant_id, id, name) VALUES (:'B', 1, 'x') ON CONFLICT (tenant_id, id) DO UPDATE SET name = 'owned';
INSERT INTO fx.customers (tenant_id, id, name) VALUES (:'B', 1, 'x') ON CONFLICT DO NOTHING;
MERGE INTO fx.customers c USING (VALUES (1)) v (id) ON c.id = v.id
	WHEN MATCHED THEN UPDATE SET tenant_id = '22222222-2222-2222-2222-222222222222';
MERGE INTO fx.customers c USING (VALUES (70)) v (id) ON c.id = v.id
	WHEN NOT MATCHED THEN INSERT (tenant_id, id, name) VALUES ('22222222-2222-2222-2222-222222222222', 70, 'planted');
MERGE INTO fx.customers c USING (VALUES (1), (2), (3)) v (id) ON c.id = v.id AND c.tenant_id = '22222222-2222-2222-2222-222222222222'
	WHEN MATCHED THEN DELETE;
-- The filter is there when the plan is made, not only added to it: it finds the rows by the index.
SET enable_seqscan = off;
EXPLAIN (COSTS off) SELECT name FROM fx.customers WHERE id = 1;
EXPLAIN (COSTS off) UPDATE fx.customers SET name = 'x' WHERE id = 1;
RESET enable_seqscan;
DELETE FROM fx.customers WHERE tenant_id = :'B';
UPDATE fx.customers SET name = 'owned' WHERE name LIKE 'bob%';
INSERT INTO fx.orders_feb (tenant_id, id, placed) VALUES (:'B', 99, '2026-02-02');

-- Views of every ownership, rules, definer functions, functions that are inlined, triggers.
CREATE VIEW fx.by_superuser AS SELECT * FROM fx.customers;
CREATE VIEW fx.by_superuser_invoker WITH (security_invoker) AS SELECT * FROM fx.customers;
CREATE VIEW fx.by_superuser_barrier WITH (security_barrier) AS SELECT * FROM fx.customers WHERE name <> 'x';
CREATE VIEW fx.checked AS SELECT * FROM fx.customers WHERE id < 100 WITH CHECK OPTION;
CREATE VIEW fx.nested AS SELECT v.* FROM fx.by_superuser v JOIN fx.by_superuser_barrier b USING (tenant_id, id);
CREATE VIEW fx.ruled AS SELECT 1 AS id;
CREATE RULE seen AS ON INSERT TO fx.ruled DO INSTEAD SELECT name FROM fx.customers ORDER BY id;
CREATE FUNCTION fx.definer() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS
	'BEGIN RETURN (SELECT string_agg(name, '','' ORDER BY id) FROM fx.customers); END';
CREATE FUNCTION fx.definer_plants() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS
	'BEGIN INSERT INTO fx.customers (tenant_id, id, name) VALUES (''22222222-2222-2222-2222-222222222222'', 98, ''planted''); END';
CREATE FUNCTION fx.inlined() RETURNS SETOF fx.customers LANGUAGE sql STABLE AS 'SELECT * FROM fx.customers';
CREATE FUNCTION fx.inlined_twice() RETURNS SETOF text LANGUAGE sql STABLE AS 'SELECT i.name FROM fx.inlined() i';
CREATE FUNCTION fx.scalar(bigint) RETURNS text LANGUAGE sql STABLE AS 'SELECT name FROM fx.by_superuser WHERE id = $1';
CREATE FUNCTION fx.over_view() RETURNS SETOF fx.by_superuser LANGUAGE sql STABLE AS 'SELECT * FROM fx.by_superuser';
GRANT SELECT, INSERT, UPDATE, DELETE ON fx.by_superuser, fx.by_superuser_invoker, fx.by_superuser_barrier, fx.checked, fx.nested, fx.ruled TO fx_app;
SELECT count(*) FROM fx.by_superuser;
SELECT count(*) FROM fx.inlined();
SELECT count(*) FROM fx.inlined_twice();
SELECT string_agg(c.name || i.name, ',' ORDER BY i.name) FROM fx.customers c, fx.inlined() i WHERE c.id = 1;
SELECT fx.scalar(2);
SELECT fx.definer();
INSERT INTO fx.ruled VALUES (1);
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
SELECT count(*) FROM fx.by_superuser;
SELECT count(*) FROM fx.by_superuser_invoker;
SELECT count(*) FROM fx.by_superuser_barrier;
SELECT count(*) FROM fx.nested;
SELECT count(*) FROM fx.inlined_twice();
SELECT count(*) FROM fx.over_view();
SELECT fx.scalar(2);
SELECT fx.definer();
SELECT fx.definer_plants();
INSERT INTO fx.by_superuser VALUES (:'B', 97, 'planted');
INSERT INTO fx.by_superuser (id, name) VALUES (97, 'mine') RETURNING tenant_id;
UPDATE fx.by_superuser SET name = 'changed' WHERE id = 97;
UPDATE fx.by_superuser SET tenant_id = :'B' WHERE id = 97;
UPDATE fx.checked SET id = 1000 WHERE id = 97;
DELETE FROM fx.by_superuser_barrier WHERE name LIKE 'bob%';
DELETE FROM fx.by_superuser WHERE id = 97;
SET app.tenant_id = '';
SELECT count(*) FROM fx.by_superuser;
SELECT fx.definer();
-- row_security = off lends an ordinary role nothing, whoever owns what it calls.
SET row_security = off;
SET app.tenant_id = :'A';
SELECT count(*) FROM fx.by_superuser;
SELECT fx.definer();
RESET row_security;
RESET SESSION AUTHORIZATION;

-- Plans follow each change of confinement, and none is made again for a change of tenant.
SET plan_cache_mode = force_generic_plan;
SET app.tenant_id = :'A';
PREPARE names AS SELECT string_agg(name, ',' ORDER BY id) FROM fx.customers;
EXECUTE names;
SET app.tenant_id = :'B';
EXECUTE names;
SET row_security = off;
EXECUTE names;
SELECT fx.definer();
SET ROLE fx_app;
SELECT fx.definer();
RESET ROLE;
SELECT fx.definer();
SET row_security = on;
EXECUTE names;
SELECT fx.definer();
SET pg_tenant.confine_bypass_roles = off;
EXECUTE names;
SELECT fx.definer();
RESET pg_tenant.confine_bypass_roles;
EXECUTE names;
SELECT fx.definer();
BEGIN;
SET LOCAL row_security = off;
EXECUTE names;
ROLLBACK;
EXECUTE names;
SET app.tenant_id = '';
EXECUTE names;
SET pg_tenant.on_missing_tenant = 'empty';
EXECUTE names;
SELECT count(*) FROM fx.inlined();
RESET pg_tenant.on_missing_tenant;
DEALLOCATE names;
RESET plan_cache_mode;

DROP VIEW fx.nested, fx.by_superuser, fx.by_superuser_invoker, fx.by_superuser_barrier, fx.checked, fx.ruled CASCADE;
DROP FUNCTION fx.definer(), fx.definer_plants(), fx.inlined_twice(), fx.inlined(), fx.scalar(bigint);
SET row_security = off;
SELECT tenant_id, string_agg(name, ',' ORDER BY id) FROM fx.customers GROUP BY 1 ORDER BY 1;
