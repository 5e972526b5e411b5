-- Materialized views and foreign tables: protected by a label, filtered for everybody, by every way to name them.
\set A 11111111-1111-1111-1111-111111111111
\set B 22222222-2222-2222-2222-222222222222
SET client_min_messages = warning;
CREATE EXTENSION postgres_fdw;
CREATE EXTENSION file_fdw;
RESET client_min_messages;
CREATE SCHEMA rl;
GRANT ALL ON SCHEMA rl TO fx_owner, fx_bypass;
GRANT USAGE ON SCHEMA rl TO fx_app;

-- Filled for all tenants by a role that may.
SET row_security = off;
CREATE MATERIALIZED VIEW rl.totals AS
	SELECT tenant_id, customer_id, sum(total) AS total FROM fx.orders GROUP BY tenant_id, customer_id;
CREATE MATERIALIZED VIEW rl.bare AS SELECT count(*) FROM fx.orders;
CREATE MATERIALIZED VIEW rl.mixed AS SELECT tenant_id, id FROM fx.customers UNION ALL SELECT NULL, 0;
CREATE MATERIALIZED VIEW rl.empty AS SELECT tenant_id::text AS tenant_id FROM fx.customers WITH NO DATA;
CREATE VIEW rl.on_totals AS SELECT * FROM rl.totals;
CREATE FUNCTION rl.inlined() RETURNS SETOF rl.totals LANGUAGE sql STABLE AS 'SELECT * FROM rl.totals';
GRANT ALL ON ALL TABLES IN SCHEMA rl TO fx_app, fx_owner, fx_bypass;
RESET row_security;

-- Until it is protected it is refused.
SET app.tenant_id = :'A';
SELECT count(*) FROM rl.totals;
SELECT count(*) FROM rl.bare;
PREPARE early AS SELECT count(*) FROM fx.countries, rl.mixed;
SET app.tenant_id = '';
SET SESSION AUTHORIZATION fx_owner;
SELECT tenant.protect('rl.totals');
RESET SESSION AUTHORIZATION;
SELECT tenant.protect('rl.totals', 'total');
SELECT tenant.protect('rl.totals', 'missing');
SELECT tenant.protect('rl.totals', assign_to => :'A');
SELECT tenant.protect('rl.bare');
SELECT tenant.protect('rl.totals');
SELECT tenant.protect('rl.totals');
SELECT tenant.protect('rl.totals', 'customer_id');
SELECT tenant.protect('rl.mixed');
SELECT tenant.protect('rl.empty');
SELECT * FROM tenant.protected_tables WHERE tbl::text LIKE 'rl.%' ORDER BY tbl::text;
SELECT indexdef FROM pg_indexes WHERE schemaname = 'rl' ORDER BY indexname;

-- Everybody sees one tenant's rows.
CREATE FUNCTION rl.forms() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	form text;
	result text;
BEGIN
	FOREACH form IN ARRAY ARRAY[
		'SELECT string_agg(total::text, '','' ORDER BY total) FROM rl.totals',
		'SELECT string_agg(total::text, '','' ORDER BY total) FROM rl.on_totals',
		'SELECT string_agg(total::text, '','' ORDER BY total) FROM rl.inlined()',
		'SELECT count(*) FROM ONLY rl.totals',
		'SELECT count(*) FROM rl.totals TABLESAMPLE BERNOULLI (100)',
		'SELECT (SELECT max(total) FROM rl.totals)',
		'WITH t AS MATERIALIZED (TABLE rl.totals) SELECT count(*) FROM t',
		'SELECT count(*) FROM rl.totals t JOIN fx.customers c ON c.id = t.customer_id',
		'SELECT count(*) FROM rl.totals WHERE tenant_id <> tenant.current_uuid() OR true',
		'SELECT count(*) FROM rl.mixed',
		'SELECT count(*) FROM rl.bare'
	] LOOP
		BEGIN
			EXECUTE form INTO result;
		EXCEPTION WHEN OTHERS THEN
			result := SQLSTATE || ' ' || SQLERRM;
		END;
		RETURN NEXT coalesce(result, 'NULL') || ' <- ' || form;
	END LOOP;
END
$$;
CREATE FUNCTION rl.as_role(role name) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', role);
	RETURN QUERY SELECT form FROM rl.forms() form;
	RESET ROLE;
END
$$;
SELECT * FROM rl.forms();
SET app.tenant_id = :'A';
EXECUTE early;
SELECT * FROM rl.forms();
SELECT DISTINCT count(*) OVER (PARTITION BY form) AS roles_that_agree
	FROM unnest(ARRAY['fx_app', 'fx_owner', 'fx_bypass', current_user]) role, rl.as_role(role) form;
SET app.tenant_id = :'B';
EXECUTE early;
SELECT * FROM rl.forms();
COPY rl.totals TO STDOUT;
COPY (SELECT total FROM rl.on_totals ORDER BY total) TO STDOUT;
SET app.tenant_id = 'nobody';
SELECT count(*) FROM rl.totals;
SET pg_tenant.on_missing_tenant = empty;
SET app.tenant_id = '';
SELECT count(*) FROM rl.totals;
RESET pg_tenant.on_missing_tenant;
SET row_security = off;
SELECT count(*) FROM rl.totals;
RESET row_security;

-- Text, varchar and numbers.
SET row_security = off;
CREATE MATERIALIZED VIEW rl.notes AS SELECT * FROM fx.notes;
CREATE MATERIALIZED VIEW rl.tags AS SELECT * FROM fx.tags;
CREATE MATERIALIZED VIEW rl.counters AS SELECT * FROM fx.counters;
CREATE MATERIALIZED VIEW rl.slots AS SELECT * FROM fx.slots;
SELECT tenant.protect('rl.notes', 'org'), tenant.protect('rl.tags'), tenant.protect('rl.counters'), tenant.protect('rl.slots');
GRANT SELECT ON rl.notes, rl.tags, rl.counters, rl.slots TO fx_app;
RESET row_security;
SET ROLE fx_app;
SET app.tenant_id = 'acme';
SELECT body FROM rl.notes;
SELECT tag FROM rl.tags;
SET app.tenant_id = '7';
SELECT value FROM rl.counters;
SELECT value FROM rl.slots;
SET app.tenant_id = '007';
SELECT value FROM rl.slots;
RESET ROLE;

-- Filled again for all tenants, or not at all.
CREATE UNIQUE INDEX ON rl.totals (tenant_id, customer_id);
SET app.tenant_id = :'A';
REFRESH MATERIALIZED VIEW rl.totals;
REFRESH MATERIALIZED VIEW rl.totals WITH NO DATA;
REFRESH MATERIALIZED VIEW CONCURRENTLY rl.totals;
SET app.tenant_id = '';
REFRESH MATERIALIZED VIEW rl.totals;
SET row_security = off;
INSERT INTO fx.orders VALUES (:'A', 90, 1, '2026-02-01', 1000), (:'B', 90, 1, '2026-02-01', 2000);
REFRESH MATERIALIZED VIEW CONCURRENTLY rl.totals;
REFRESH MATERIALIZED VIEW rl.totals;
REFRESH MATERIALIZED VIEW rl.empty;
RESET row_security;
SET app.tenant_id = :'B';
SELECT string_agg(total::text, ',' ORDER BY total) FROM rl.totals;
SELECT count(*) FROM rl.empty;

-- Its definition can change, but not open it.
ALTER MATERIALIZED VIEW rl.totals RENAME COLUMN tenant_id TO owner;
ALTER MATERIALIZED VIEW rl.totals RENAME TO sums;
SELECT string_agg(total::text, ',' ORDER BY total) FROM rl.sums;
SELECT * FROM tenant.protected_tables WHERE tbl = 'rl.sums'::regclass;
SECURITY LABEL FOR pg_tenant ON COLUMN rl.sums.owner IS NULL;
SECURITY LABEL FOR pg_tenant ON COLUMN rl.sums.customer_id IS 'tenant';
SECURITY LABEL FOR pg_tenant ON COLUMN rl.sums.owner IS 'other';
SECURITY LABEL FOR pg_tenant ON COLUMN rl.on_totals.tenant_id IS 'tenant';
SECURITY LABEL FOR pg_tenant ON MATERIALIZED VIEW rl.sums IS 'tenant';
SECURITY LABEL FOR pg_tenant ON COLUMN rl.sums.total IS 'tenant';
SECURITY LABEL FOR pg_tenant ON COLUMN rl.sums.owner IS 'tenant';
SELECT count(*) FROM rl.sums;
SELECT tenant.share('rl.sums');
SELECT tenant.unprotect('rl.sums');
SELECT count(*) FROM rl.sums;
SET row_security = off;
SECURITY LABEL FOR pg_tenant ON COLUMN rl.sums.owner IS 'tenant';
RESET row_security;
SELECT count(*) FROM rl.sums;
SET row_security = off;
SECURITY LABEL FOR pg_tenant ON COLUMN rl.sums.owner IS NULL;
DROP MATERIALIZED VIEW rl.notes;
RESET row_security;
SELECT tbl FROM tenant.protected_tables WHERE tbl::text LIKE 'rl.%' ORDER BY tbl::text;
SELECT count(*) FROM pg_seclabel WHERE objoid NOT IN (SELECT oid FROM pg_class);

-- What a tenant makes holds its own rows, and is nobody's until it is protected.
SET SESSION AUTHORIZATION fx_owner;
SET app.tenant_id = :'A';
CREATE MATERIALIZED VIEW rl.own AS SELECT tenant_id, id FROM fx.customers;
CREATE MATERIALIZED VIEW rl.later AS SELECT tenant_id, id FROM fx.customers WITH NO DATA;
GRANT SELECT ON rl.own TO fx_app;
REFRESH MATERIALIZED VIEW rl.own;
CREATE TABLE rl.taken AS SELECT tenant_id, id FROM fx.customers;
SELECT tenant_id, id INTO rl.chosen FROM fx.customers;
SET app.tenant_id = '';
CREATE TABLE rl.refused AS SELECT tenant_id, id FROM fx.customers;
CREATE MATERIALIZED VIEW rl.refused AS SELECT tenant_id, id FROM fx.customers;
REFRESH MATERIALIZED VIEW rl.own;
SET app.tenant_id = :'B';
SELECT count(*) FROM rl.own;
SELECT DISTINCT tenant_id FROM rl.taken UNION SELECT DISTINCT tenant_id FROM rl.chosen;
SELECT tenant.protect('rl.own');
SELECT count(*) FROM rl.own;
SET app.tenant_id = :'A';
SELECT count(*) FROM rl.own;
RESET SESSION AUTHORIZATION;

-- Foreign tables, of this same database.
CREATE FUNCTION rl.remote_sql(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (VERBOSE, COSTS OFF) ' || query LOOP
		IF line LIKE '%Remote SQL%' THEN
			RETURN NEXT ltrim(line);
		END IF;
	END LOOP;
END
$$;
DO $$
BEGIN
	EXECUTE format('CREATE SERVER rl_here FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host %L, port %L, dbname %L)',
		current_setting('unix_socket_directories'), current_setting('port'), current_database());
	EXECUTE format('CREATE USER MAPPING FOR PUBLIC SERVER rl_here OPTIONS (user %L, password_required ''false'')', current_user);
END
$$;
GRANT USAGE ON FOREIGN SERVER rl_here TO fx_owner;
SET SESSION AUTHORIZATION fx_owner;
CREATE TABLE rl.far_items (tenant_id uuid, id int, name text);
INSERT INTO rl.far_items VALUES (:'A', 1, 'a one'), (:'A', 2, 'a two'), (:'B', 3, 'b three');
CREATE FOREIGN TABLE rl.items (tenant_id uuid, id int, name text) SERVER rl_here OPTIONS (schema_name 'rl', table_name 'far_items');
CREATE VIEW rl.on_items AS SELECT * FROM rl.items;
GRANT ALL ON rl.items, rl.on_items, rl.far_items TO fx_app, fx_bypass;
SELECT tenant.protect('rl.items', assign_to => :'A');
SELECT tenant.protect('rl.items', register => true);
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = '';
SELECT count(*) FROM rl.items;
SET app.tenant_id = :'A';
SELECT id, name FROM rl.items ORDER BY id;
SELECT count(*) FROM rl.on_items WHERE id > 0;
SELECT count(*) FROM rl.items a JOIN rl.items b USING (tenant_id);
SELECT rl.remote_sql('SELECT name FROM rl.items WHERE id > 0');
-- What could tell what it sees is evaluated here, on the tenant's own rows.
SELECT rl.remote_sql(query) FROM unnest(ARRAY['SELECT id FROM rl.items WHERE 1 / (id - 3) = 0', 'SELECT id FROM rl.items WHERE name LIKE ''b%''',
	'SELECT sum(1 / (id - 3)) FROM rl.items', 'SELECT id FROM rl.items ORDER BY 1 / (id - 3)', 'SELECT max(1 / (id - 3)) FROM rl.items GROUP BY tenant_id',
	'SELECT a.id FROM rl.items a JOIN rl.items b ON 1 / (a.id - 3) = b.id', 'UPDATE rl.items SET name = name WHERE 1 / (id - 3) = 0',
	'DELETE FROM rl.items WHERE 1 / (id - 3) = 0', 'SELECT id FROM rl.items WHERE 1 / (id - 3) = 0 FOR UPDATE']) query;
SET enable_sort = off;
SELECT rl.remote_sql('SELECT id FROM rl.items ORDER BY 1 / (id - 3)');
SELECT id FROM rl.items ORDER BY 1 / (id - 3) DESC;
RESET enable_sort;
SELECT id, name FROM rl.items WHERE 1 / (id - 3) = 0;
SELECT id FROM rl.items WHERE name LIKE '%one';
SELECT name FROM (SELECT name, 1 / (id - 3) AS told FROM rl.items) i WHERE told = -1;
SELECT a.id, b.id FROM rl.items a LEFT JOIN rl.items b ON 1 / (a.id - 3) = -b.id ORDER BY a.id;
SELECT c.code, (SELECT count(*) FROM rl.items WHERE 1 / (id - 3) = length(c.code) - 2) FROM fx.countries c ORDER BY c.code;
INSERT INTO rl.items (id, name) VALUES (4, 'a four') RETURNING tenant_id;
INSERT INTO rl.items VALUES (:'B', 5, 'planted');
INSERT INTO rl.items VALUES (NULL, 5, 'planted');
INSERT INTO rl.on_items VALUES (:'B', 5, 'planted');
UPDATE rl.items SET name = upper(name) RETURNING id, name;
UPDATE rl.items SET tenant_id = :'B' WHERE id = 1;
SELECT rl.remote_sql('DELETE FROM rl.items');
DELETE FROM rl.items WHERE id <> 1;
TRUNCATE rl.items;
COPY rl.items TO STDOUT;
RESET SESSION AUTHORIZATION;
COPY rl.items TO STDOUT;
COPY rl.items FROM STDIN;
22222222-2222-2222-2222-222222222222	6	planted
\.
COPY rl.items (id, name) FROM STDIN;
7	a seven
\.
SET row_security = off;
SELECT * FROM rl.far_items ORDER BY id;
RESET row_security;
DROP VIEW rl.on_items;
SET SESSION AUTHORIZATION fx_owner;
ALTER FOREIGN TABLE rl.items DROP COLUMN tenant_id;
ALTER FOREIGN TABLE rl.items ALTER COLUMN tenant_id DROP DEFAULT;
ALTER FOREIGN TABLE rl.items ALTER COLUMN tenant_id OPTIONS (ADD column_name 'id');
ALTER FOREIGN TABLE rl.items ALTER COLUMN id OPTIONS (ADD column_name 'id');
ALTER FOREIGN TABLE rl.items RENAME COLUMN tenant_id TO owner;
ALTER FOREIGN TABLE rl.items RENAME COLUMN owner TO tenant_id;
ALTER FOREIGN TABLE rl.items ALTER COLUMN tenant_id TYPE bytea;
SELECT tenant.unprotect('rl.items');
SELECT count(*) FROM rl.items;

RESET SESSION AUTHORIZATION;

-- As parts of a protected table they are protected with it.
SET SESSION AUTHORIZATION fx_owner;
SET app.tenant_id = '';
CREATE TABLE rl.logs (tenant_id uuid, id int, name text) PARTITION BY RANGE (id);
CREATE TABLE rl.logs_near PARTITION OF rl.logs FOR VALUES FROM (0) TO (100);
CREATE TABLE rl.far_logs (tenant_id uuid, id int, name text);
CREATE FOREIGN TABLE rl.logs_far PARTITION OF rl.logs FOR VALUES FROM (100) TO (200) SERVER rl_here OPTIONS (schema_name 'rl', table_name 'far_logs');
INSERT INTO rl.logs VALUES (:'A', 1, 'a near'), (:'B', 2, 'b near'), (:'A', 101, 'a far'), (:'B', 102, 'b far');
SELECT tenant.protect('rl.logs');
CREATE TABLE rl.far_later (tenant_id uuid, id int, name text);
INSERT INTO rl.far_later VALUES (:'A', 201, 'a later'), (:'B', 202, 'b later');
CREATE FOREIGN TABLE rl.logs_later PARTITION OF rl.logs FOR VALUES FROM (200) TO (300) SERVER rl_here OPTIONS (schema_name 'rl', table_name 'far_later');
CREATE FOREIGN TABLE rl.logs_attached (tenant_id uuid NOT NULL, id int, name text) SERVER rl_here OPTIONS (schema_name 'rl', table_name 'far_later');
ALTER TABLE rl.logs ATTACH PARTITION rl.logs_attached FOR VALUES FROM (300) TO (400);
SELECT tbl, tenant_column, part_of FROM tenant.protected_tables WHERE tbl::text LIKE 'rl.logs%' ORDER BY tbl::text;
-- As pg_dump makes the index again: on the partitions, then attached, which a foreign one cannot be.
DROP INDEX rl.logs_tenant_id_idx;
CREATE INDEX logs_tenant_id_idx ON ONLY rl.logs (tenant_id);
CREATE INDEX logs_near_tenant_id_idx ON rl.logs_near (tenant_id);
ALTER INDEX rl.logs_tenant_id_idx ATTACH PARTITION rl.logs_near_tenant_id_idx;
SELECT code, object FROM tenant.check() WHERE object LIKE '%rl.logs';
SELECT tenant.protect('rl.logs');
SELECT indexrelid::regclass, indisvalid FROM pg_index WHERE indrelid = 'rl.logs'::regclass;
GRANT ALL ON rl.logs, rl.logs_far, rl.logs_later TO fx_app;
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
SELECT id, name FROM rl.logs WHERE id < 300 ORDER BY id;
SELECT id, name FROM rl.logs_far;
SELECT id, name FROM rl.logs_later;
SELECT id FROM rl.logs WHERE 1 / (id - 102) <= 0 AND id < 300 ORDER BY 1 / (id - 102), id;
SELECT id FROM rl.logs_far WHERE 1 / (id - 102) <= 0 ORDER BY 1 / (id - 102);
INSERT INTO rl.logs (id, name) VALUES (103, 'a far too');
INSERT INTO rl.logs VALUES (:'B', 104, 'planted');
INSERT INTO rl.logs_far VALUES (:'B', 104, 'planted');
UPDATE rl.logs SET tenant_id = :'B' WHERE id = 103;
UPDATE rl.logs SET name = upper(name) WHERE id > 100;
DELETE FROM rl.logs WHERE id > 200;
RESET SESSION AUTHORIZATION;
INSERT INTO rl.logs VALUES (:'B', 104, 'planted');
UPDATE rl.logs_far SET name = lower(name);
SELECT * FROM rl.far_logs ORDER BY id;
SELECT * FROM rl.far_later ORDER BY id;
SET SESSION AUTHORIZATION fx_owner;
SELECT tenant.unprotect('rl.logs_far');
SELECT tenant.unprotect('rl.logs');
SELECT tbl FROM tenant.protected_tables WHERE tbl::text LIKE 'rl.logs%';
SELECT count(*) FROM pg_attrdef WHERE adrelid IN ('rl.logs_far'::regclass, 'rl.logs'::regclass, 'rl.items'::regclass);
RESET SESSION AUTHORIZATION;

-- As pg_dump writes it: the foreign partition labelled and attached before its table is protected.
CREATE TABLE rl.again (tenant_id uuid NOT NULL, id int, name text) PARTITION BY RANGE (id);
CREATE FOREIGN TABLE rl.again_far (tenant_id uuid NOT NULL, id int, name text) SERVER rl_here OPTIONS (schema_name 'rl', table_name 'far_logs');
SECURITY LABEL FOR pg_tenant ON COLUMN rl.again_far.tenant_id IS 'tenant';
ALTER TABLE rl.again ATTACH PARTITION rl.again_far DEFAULT;
SET row_security = off;
ALTER TABLE rl.again ATTACH PARTITION rl.again_far DEFAULT;
RESET row_security;
SET app.tenant_id = :'A';
SELECT id FROM rl.again;
SELECT code, object FROM tenant.check() WHERE object LIKE '%rl.again';
SELECT tenant.protect('rl.again');
SELECT id FROM rl.again ORDER BY id;

-- A program's output.
CREATE SERVER rl_files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE rl.lines (tenant_id uuid, id int) SERVER rl_files OPTIONS (program 'printf "11111111-1111-1111-1111-111111111111,1\n22222222-2222-2222-2222-222222222222,2\n"', format 'csv');
SELECT tenant.protect('rl.lines');
SELECT id FROM rl.lines;
INSERT INTO rl.lines VALUES (:'A', 1);

-- Without the extension they are closed to everybody.
BEGIN;
SET LOCAL client_min_messages = error;
DROP EXTENSION pg_tenant CASCADE;
SAVEPOINT dropped;
SELECT count(*) FROM rl.mixed;
ROLLBACK TO dropped;
SET row_security = off;
SELECT count(*) FROM rl.mixed;
ROLLBACK;

SET client_min_messages = error;
SET row_security = off;
DELETE FROM fx.orders WHERE id = 90;
DROP SCHEMA rl CASCADE;
DROP EXTENSION postgres_fdw CASCADE;
DROP EXTENSION file_fdw CASCADE;
SELECT count(*) FROM pg_seclabel;
