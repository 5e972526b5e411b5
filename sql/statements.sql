-- Every form of statement sees and touches the rows of one tenant: for an ordinary role, and for the owner.
\set VERBOSITY terse
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = '11111111-1111-1111-1111-111111111111';
SELECT * FROM fx.forms() AS ordinary_role;
SET SESSION AUTHORIZATION fx_owner;
SET app.tenant_id = '11111111-1111-1111-1111-111111111111';
SELECT * FROM fx.forms() AS table_owner;
SET app.tenant_id = '';
SELECT substr(owner_without_tenant, 1, 5) AS sqlstate, count(*) FROM fx.forms() AS owner_without_tenant GROUP BY 1;

-- MERGE has no RETURNING before 17.
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = '11111111-1111-1111-1111-111111111111';
BEGIN;
MERGE INTO fx.customers c USING (VALUES (1, 'merged'), (50, 'added')) v (id, name) ON c.id = v.id
	WHEN MATCHED THEN UPDATE SET name = v.name
	WHEN NOT MATCHED THEN INSERT (id, name) VALUES (v.id, v.name);
SELECT * FROM fx.customers ORDER BY id;
ROLLBACK;
MERGE INTO fx.customers c USING (VALUES (1)) v (id) ON c.id = v.id
	WHEN MATCHED THEN UPDATE SET tenant_id = '22222222-2222-2222-2222-222222222222';
COPY fx.customers TO STDOUT;
COPY (SELECT name FROM fx.customers ORDER BY id) TO STDOUT;

-- Writes for another tenant, and moves to one.
INSERT INTO fx.customers (tenant_id, id, name) VALUES ('22222222-2222-2222-2222-222222222222', 99, 'planted');
INSERT INTO fx.customers (tenant_id, id, name) VALUES (NULL, 99, 'planted');
INSERT INTO fx.orders_feb (tenant_id, id, placed) VALUES ('22222222-2222-2222-2222-222222222222', 99, '2026-02-02');
UPDATE fx.customers SET tenant_id = '22222222-2222-2222-2222-222222222222';
UPDATE fx.orders SET placed = '2026-02-20', tenant_id = '22222222-2222-2222-2222-222222222222' WHERE placed < '2026-02-01';
INSERT INTO fx.customers (tenant_id, id, name) VALUES ('11111111-1111-1111-1111-111111111111', 1, 'x')
	ON CONFLICT (tenant_id, id) DO UPDATE SET tenant_id = '22222222-2222-2222-2222-222222222222';
DELETE FROM fx.customers WHERE tenant_id = '22222222-2222-2222-2222-222222222222';
UPDATE fx.customers SET name = 'owned' WHERE name LIKE 'bob%';

-- The other column types.
SET app.tenant_id = 'acme';
SELECT * FROM fx.notes;
SELECT * FROM fx.tags;
INSERT INTO fx.tags (id, tag) VALUES (2, 'added') RETURNING tenant_id;
DELETE FROM fx.tags WHERE id = 2;
SET app.tenant_id = '7';
SELECT * FROM fx.counters;
SELECT * FROM fx.slots;
INSERT INTO fx.slots (id, value) VALUES (2, 1) RETURNING tenant_id;
DELETE FROM fx.slots WHERE id = 2;
-- '7', '007' and '+7' are not three tenants with the same rows.
SET app.tenant_id = '007';
SELECT * FROM fx.counters;
SET app.tenant_id = '+7';
SELECT * FROM fx.slots;
-- A tenant whose id is no value of the column.
SET app.tenant_id = 'acme';
SELECT * FROM fx.customers;
SELECT * FROM fx.counters;
SET app.tenant_id = '11111111-1111-1111-1111-111111111111';
SELECT * FROM fx.slots;

-- Views: with the rights of the caller, and of an owner that policies bind.
SET SESSION AUTHORIZATION fx_owner;
CREATE VIEW fx.customers_owner AS SELECT * FROM fx.customers;
CREATE VIEW fx.customers_invoker WITH (security_invoker) AS SELECT * FROM fx.customers;
GRANT SELECT, UPDATE, INSERT ON fx.customers_owner, fx.customers_invoker TO fx_app;
SET SESSION AUTHORIZATION fx_app;
SELECT count(*) FROM fx.customers_owner;
SET app.tenant_id = '22222222-2222-2222-2222-222222222222';
SELECT name FROM fx.customers_owner ORDER BY id;
SELECT name FROM fx.customers_invoker ORDER BY id;
UPDATE fx.customers_owner SET tenant_id = '11111111-1111-1111-1111-111111111111';
INSERT INTO fx.customers_owner VALUES ('11111111-1111-1111-1111-111111111111', 77, 'planted');
SET SESSION AUTHORIZATION fx_owner;
DROP VIEW fx.customers_owner, fx.customers_invoker;
-- Nothing was changed by all this.
RESET SESSION AUTHORIZATION;
SET row_security = off;
SELECT tenant_id, string_agg(name, ',' ORDER BY id) FROM fx.customers GROUP BY 1 ORDER BY 1;
