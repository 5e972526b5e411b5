-- Tenants, roles and tables that the other tests use. Rows say whose they are.
CREATE ROLE fx_owner LOGIN;
CREATE ROLE fx_app LOGIN;
CREATE ROLE fx_bypass LOGIN BYPASSRLS;
GRANT tenant_admin TO fx_owner;
CREATE SCHEMA fx AUTHORIZATION fx_owner;
GRANT USAGE ON SCHEMA fx TO fx_app, fx_bypass;

SELECT (tenant.provision('11111111-1111-1111-1111-111111111111', 'Ann')).status;
SELECT (tenant.provision('22222222-2222-2222-2222-222222222222', 'Bob', 'north')).status;
SELECT (tenant.provision('33333333-3333-3333-3333-333333333333', activate => false)).status;
SELECT (tenant.provision('7')).status;
SELECT (tenant.provision('8')).status;
SELECT (tenant.provision('acme')).status;
SELECT (tenant.provision('zeta')).status;

SET SESSION AUTHORIZATION fx_owner;
CREATE TABLE fx.customers (tenant_id uuid, id bigint, name text, PRIMARY KEY (tenant_id, id));
CREATE TABLE fx.orders (tenant_id uuid, id bigint, customer_id bigint, placed date, total numeric,
	PRIMARY KEY (tenant_id, id, placed)) PARTITION BY RANGE (placed);
CREATE TABLE fx.orders_jan PARTITION OF fx.orders FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE fx.orders_feb PARTITION OF fx.orders FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
CREATE TABLE fx.notes (org text, id int, body text, PRIMARY KEY (org, id));
CREATE TABLE fx.counters (tenant_id bigint, id int, value int, PRIMARY KEY (tenant_id, id));
CREATE TABLE fx.slots (tenant_id int, id int, value int, PRIMARY KEY (tenant_id, id));
CREATE TABLE fx.tags (tenant_id varchar(40), id int, tag text, PRIMARY KEY (tenant_id, id));
CREATE TABLE fx.countries (code text PRIMARY KEY, name text);

INSERT INTO fx.customers SELECT t.id, i, t.name || i
	FROM (VALUES ('11111111-1111-1111-1111-111111111111'::uuid, 'ann'), ('22222222-2222-2222-2222-222222222222', 'bob'),
		('33333333-3333-3333-3333-333333333333', 'cid')) t (id, name), generate_series(1, 3) i;
INSERT INTO fx.orders SELECT tenant_id, id, id, date '2026-01-15' + (id * 10)::int, id * 100 FROM fx.customers;
INSERT INTO fx.notes VALUES ('acme', 1, 'acme note'), ('zeta', 1, 'zeta note');
INSERT INTO fx.counters VALUES (7, 1, 70), (8, 1, 80);
INSERT INTO fx.slots VALUES (7, 1, 700), (8, 1, 800);
INSERT INTO fx.tags VALUES ('acme', 1, 'acme tag'), ('zeta', 1, 'zeta tag');
INSERT INTO fx.countries VALUES ('AT', 'Austria'), ('NZ', 'New Zealand');

SELECT tenant.protect('fx.customers');
SELECT tenant.protect('fx.orders');
SELECT tenant.protect('fx.notes', 'org');
SELECT tenant.protect('fx.counters');
SELECT tenant.protect('fx.slots');
SELECT tenant.protect('fx.tags');
SELECT tenant.share('fx.countries');
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA fx TO fx_app, fx_bypass;
RESET SESSION AUTHORIZATION;

-- What every form of statement answers, with the changes undone.
CREATE FUNCTION fx.forms() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	form text;
	result text;
BEGIN
	FOREACH form IN ARRAY ARRAY[
		'SELECT string_agg(name, '','' ORDER BY id) FROM fx.customers',
		'SELECT count(*) FROM fx.customers WHERE name LIKE ''%''',
		'SELECT count(*) FROM fx.orders',
		'SELECT count(*) FROM fx.orders_feb',
		'SELECT count(*) FROM ONLY fx.orders_jan',
		'SELECT string_agg(c.name || o.total, '','' ORDER BY o.id) FROM fx.customers c JOIN fx.orders o ON o.customer_id = c.id',
		'SELECT count(*) FROM fx.customers c LEFT JOIN fx.orders o ON o.customer_id <> c.id',
		'SELECT count(*) FROM fx.customers a FULL JOIN fx.customers b ON a.id = b.id + 1',
		'WITH c AS MATERIALIZED (SELECT * FROM fx.customers) SELECT count(*) FROM c',
		'SELECT (SELECT max(name) FROM fx.customers)',
		'SELECT count(*) FROM fx.countries WHERE EXISTS (SELECT FROM fx.customers)',
		'SELECT count(*) FROM (SELECT name FROM fx.customers UNION ALL SELECT name FROM fx.customers) u',
		'SELECT count(*) FROM generate_series(1, 2) g CROSS JOIN LATERAL (SELECT * FROM fx.customers WHERE id >= g) l',
		'SELECT string_agg(name, '','' ORDER BY id) FROM (SELECT * FROM fx.customers FOR UPDATE) l',
		'SELECT count(*) FROM fx.customers TABLESAMPLE BERNOULLI (100)',
		'SELECT count(*) FROM fx.customers WHERE tenant_id <> tenant.current_uuid()',
		'SELECT count(*) FROM fx.customers WHERE tenant_id = ''22222222-2222-2222-2222-222222222222'' OR true',
		'WITH u AS (UPDATE fx.customers SET name = name RETURNING name) SELECT string_agg(name, '','' ORDER BY name) FROM u',
		'WITH d AS (DELETE FROM fx.orders RETURNING total) SELECT sum(total) FROM d',
		'WITH i AS (INSERT INTO fx.customers (id, name) VALUES (9, ''new'') RETURNING tenant_id) SELECT tenant_id FROM i',
		'WITH i AS (INSERT INTO fx.customers (id, name) VALUES (1, ''again'') ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name RETURNING name) SELECT name FROM i'
	] LOOP
		BEGIN
			EXECUTE form INTO result;
			RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = coalesce(result, 'NULL');
		EXCEPTION WHEN OTHERS THEN
			RETURN NEXT CASE SQLSTATE WHEN 'ZZ000' THEN '' ELSE SQLSTATE || ' ' END || SQLERRM || ' <- ' || left(form, 70);
		END;
	END LOOP;
END
$$;

SELECT * FROM tenant.protected_tables ORDER BY tbl::text;
SELECT * FROM tenant.shared_tables;
\d fx.customers
\d fx.orders_jan
