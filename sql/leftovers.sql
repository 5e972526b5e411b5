-- Temporary tables and cursors WITH HOLD do not outlive a change of tenant where pg_tenant.clean_on_switch is on.
\set SHOW_CONTEXT never
\set ann '11111111-1111-1111-1111-111111111111'
\set bob '22222222-2222-2222-2222-222222222222'
CREATE FUNCTION fx.temporary() RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(relname, ',' ORDER BY relname COLLATE "C"), 'none') FROM pg_class
	WHERE relpersistence = 't' AND relkind = 'r' AND relnamespace = pg_my_temp_schema()$$;
SET pg_tenant.clean_on_switch = on;
SET SESSION AUTHORIZATION fx_app;
SET pg_tenant.clean_on_switch = off;
-- What is made without a tenant stays.
CREATE TEMP TABLE pool (id int);
SET app.tenant_id = :'ann';
CREATE TEMP TABLE ann AS SELECT name FROM fx.customers;
BEGIN;
DECLARE names CURSOR WITH HOLD FOR SELECT name FROM fx.customers;
DECLARE plain CURSOR WITH HOLD FOR SELECT name FROM ann;
COMMIT;
SET app.tenant_id = :'ann';
SELECT fx.temporary(), (SELECT count(*) FROM ann);
SET app.tenant_id = :'bob';
-- A statement over them is refused, in every form, and so it stays.
SELECT * FROM ann;
SELECT * FROM fx.countries WHERE EXISTS (SELECT FROM ann);
CREATE TABLE fx.stolen AS SELECT * FROM ann;
EXPLAIN SELECT * FROM ann;
BEGIN;
DECLARE c CURSOR FOR SELECT * FROM ann;
ROLLBACK;
FETCH plain;
COPY ann TO STDOUT;
SELECT fx.temporary();
FETCH names;
SELECT name FROM pg_cursors;
-- To none, and through set_config().
CREATE TEMP TABLE bob (id int);
SELECT fx.temporary();
SELECT set_config('app.tenant_id', '', false);
SELECT fx.temporary();
-- A rollback brings them back, and the next switch takes them.
SET app.tenant_id = :'ann';
CREATE TEMP TABLE ann (id int);
BEGIN;
SET LOCAL app.tenant_id = :'bob';
SELECT fx.temporary();
ROLLBACK;
SELECT fx.temporary();
BEGIN;
SAVEPOINT s;
SET LOCAL app.tenant_id = :'bob';
SELECT fx.temporary();
ROLLBACK TO s;
SELECT fx.temporary();
SAVEPOINT s;
SET LOCAL app.tenant_id = :'bob';
RELEASE s;
SELECT fx.temporary();
ROLLBACK;
SELECT fx.temporary();
-- What a statement does inside itself is not a change of tenant.
SELECT tenant.execute(:'bob', 'SELECT FROM fx.customers');
DO $$BEGIN PERFORM tenant.execute('22222222-2222-2222-2222-222222222222', 'SELECT FROM fx.customers'); END$$;
SELECT fx.temporary();
SET app.tenant_id = :'bob';
SELECT fx.temporary();
-- Nor may it find there what another tenant made.
CREATE TEMP TABLE bob AS SELECT name FROM fx.customers;
SELECT tenant.query(:'ann', 'SELECT name FROM bob');
SELECT tenant.execute(:'ann', 'INSERT INTO bob SELECT name FROM fx.customers');
DO $$BEGIN PERFORM tenant.set('11111111-1111-1111-1111-111111111111'); PERFORM FROM fx.customers WHERE EXISTS (SELECT FROM bob); END$$;
DO $$BEGIN PERFORM tenant.set('11111111-1111-1111-1111-111111111111'); EXECUTE 'COPY bob TO ''/dev/null'''; END$$;
BEGIN;
DECLARE names CURSOR FOR SELECT name FROM bob;
DO $$DECLARE read text; names refcursor = 'names'; BEGIN PERFORM set_config('app.tenant_id', '11111111-1111-1111-1111-111111111111', true); FETCH names INTO read; END$$;
ROLLBACK;
-- What it makes itself it reads, and nobody else does.
DO $$BEGIN PERFORM tenant.set('11111111-1111-1111-1111-111111111111'); CREATE TEMP TABLE anns (id int); INSERT INTO anns VALUES (1);
	ASSERT (SELECT count(*) FROM anns) = 1; PERFORM tenant.set('22222222-2222-2222-2222-222222222222'); END$$;
SELECT fx.temporary();
SELECT count(*) FROM bob;
SELECT * FROM anns;
COPY anns TO STDOUT;
DROP TABLE anns, bob;
-- Off, they are the session's.
RESET SESSION AUTHORIZATION;
SET pg_tenant.clean_on_switch = off;
CREATE TEMP TABLE bob (id int);
SET app.tenant_id = :'ann';
SELECT fx.temporary();
RESET pg_tenant.clean_on_switch;
RESET app.tenant_id;
DROP TABLE bob;
DROP FUNCTION fx.temporary();
