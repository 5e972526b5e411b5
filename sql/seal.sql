-- The seal: what it holds against, and what it leaves alone.
\set ann '11111111-1111-1111-1111-111111111111'
\set bob '22222222-2222-2222-2222-222222222222'
CREATE FUNCTION fx.read_as_bob() RETURNS bigint LANGUAGE sql SET app.tenant_id = '22222222-2222-2222-2222-222222222222'
	AS 'SELECT count(*) FROM fx.customers';
CREATE FUNCTION fx.read_names() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE
	AS $$BEGIN RETURN (SELECT string_agg(name, ',' ORDER BY id) FROM fx.customers); END$$;
CREATE FUNCTION fx.say(command text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE command;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
-- What a protected statement answers now, and what the session claims.
CREATE FUNCTION fx.seen() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN fx.read_names();
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
CREATE FUNCTION fx.counted(sealed boolean) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	IF sealed THEN
		PERFORM tenant.seal();
	END IF;
	RETURN (SELECT count(*) FROM fx.customers);
END
$$;
SET SESSION AUTHORIZATION fx_app;
-- It needs a tenant in good standing.
SELECT tenant.seal();
SET app.tenant_id = '99999999-9999-9999-9999-999999999999';
SELECT tenant.seal();
SET app.tenant_id = '33333333-3333-3333-3333-333333333333';
SELECT tenant.seal();
SET app.tenant_id = :'ann';
SET app.tenant_name = 'Bob';
SELECT tenant.seal();
RESET app.tenant_name;
-- A transaction's seal, each way to another tenant.
BEGIN;
SELECT tenant.seal() IS NULL AS no_token;
SELECT fx.seen();
SAVEPOINT s;
SET app.tenant_id = :'bob';
SELECT fx.seen(), tenant.current_id() = :'ann' AS as_sealed;
INSERT INTO fx.customers (tenant_id, id) VALUES (:'bob', 99);
ROLLBACK TO s;
SET LOCAL app.tenant_id = :'bob';
SELECT name FROM fx.customers;
ROLLBACK TO s;
SELECT set_config('app.tenant_id', :'bob', true) IS NOT NULL AS set;
COPY fx.customers TO STDOUT;
ROLLBACK TO s;
SELECT set_config('app.tenant_id', :'bob', false) IS NOT NULL AS set;
COPY fx.customers (id) FROM STDIN;
\.
ROLLBACK TO s;
UPDATE pg_settings SET setting = :'bob' WHERE name = 'app.tenant_id';
DELETE FROM fx.customers;
ROLLBACK TO s;
RESET app.tenant_id;
SELECT fx.seen();
SET app.tenant_id TO DEFAULT;
SELECT fx.seen();
RESET ALL;
SELECT fx.seen();
ROLLBACK TO s;
SELECT fx.say($$SELECT fx.read_as_bob()$$);
SELECT fx.say(format($$SELECT tenant.set(%L)$$, :'bob'));
SELECT fx.say(format($$SELECT tenant.set(%L, false)$$, :'bob'));
SELECT fx.say(format($$SELECT tenant.set_from_headers(jsonb_build_object('X-Tenant-ID', %L::text))$$, :'bob'));
SELECT fx.say($$SELECT tenant.set_from_headers('{}', 'none')$$);
SELECT fx.say($$SELECT tenant.clear()$$);
SELECT fx.say(format($$SELECT tenant.execute(%L, 'DELETE FROM fx.customers')$$, :'bob'));
SELECT fx.say(format($$SELECT tenant.query(%L, 'TABLE fx.customers')$$, :'bob'));
SELECT fx.seen();
-- Itself it may be again.
SELECT fx.say(format($$SELECT tenant.set(%L)$$, :'ann')), fx.say(format($$SELECT tenant.execute(%L, 'SELECT')$$, :'ann')),
	fx.say('SELECT tenant.seal()');
ROLLBACK;
SELECT fx.say(format($$SELECT tenant.set(%L)$$, :'bob'));
-- No savepoint, no exception block ends it, and what they undo does not lift it.
RESET app.tenant_id;
BEGIN;
SAVEPOINT s;
SET LOCAL app.tenant_id = :'ann';
SELECT tenant.seal();
ROLLBACK TO s;
SELECT fx.seen();
SET LOCAL app.tenant_id = :'bob';
SELECT fx.seen();
SET LOCAL app.tenant_id = :'ann';
SELECT fx.seen();
COMMIT;
BEGIN;
DO $$
BEGIN
	PERFORM set_config('app.tenant_id', '11111111-1111-1111-1111-111111111111', true);
	PERFORM tenant.seal();
	RAISE EXCEPTION 'undone';
EXCEPTION WHEN OTHERS THEN
	PERFORM set_config('app.tenant_id', '22222222-2222-2222-2222-222222222222', true);
	RAISE NOTICE '%', fx.seen();
END
$$;
SELECT fx.seen();
ROLLBACK;
-- It ends with its transaction, however that ends.
SET app.tenant_id = :'bob';
SELECT fx.seen();
BEGIN;
SELECT tenant.seal();
COMMIT;
SET app.tenant_id = :'ann';
SELECT fx.seen();
BEGIN;
SELECT tenant.seal();
SELECT 1/0;
ROLLBACK;
SET app.tenant_id = :'bob';
SELECT fx.seen();
RESET app.tenant_id;
-- Cursors and portals of another tenant stay shut.
SET app.tenant_id = :'bob';
BEGIN;
DECLARE held CURSOR WITH HOLD FOR SELECT name FROM fx.customers;
COMMIT;
BEGIN;
DECLARE open CURSOR FOR SELECT name FROM fx.customers;
SET LOCAL app.tenant_id = :'ann';
SELECT tenant.seal();
SET LOCAL app.tenant_id = :'bob';
SAVEPOINT s;
FETCH open;
ROLLBACK TO s;
FETCH held;
ROLLBACK;
FETCH held;
CLOSE held;
-- The session's seal.
SET app.tenant_id = :'ann';
SELECT tenant.seal(true) AS token \gset
SELECT length(:'token'), :'token' ~ '^[0-9a-f]+$' AS hex;
SELECT tenant.seal(true);
SET app.tenant_id = :'bob';
SELECT fx.seen();
BEGIN;
COMMIT;
SELECT fx.seen();
ROLLBACK;
DISCARD ALL;
SELECT fx.seen();
RESET SESSION AUTHORIZATION;
SELECT fx.seen();
SET SESSION AUTHORIZATION fx_bypass;
SELECT fx.seen();
SET SESSION AUTHORIZATION fx_app;
SELECT tenant.unseal('0');
SELECT tenant.unseal(NULL);
SELECT fx.say($$SELECT tenant.unseal(repeat('0', 64))$$);
SET app.tenant_id = :'ann';
SELECT fx.seen();
-- A transaction's seal within it outlives it.
BEGIN;
SELECT tenant.seal();
SELECT tenant.unseal(:'token');
SELECT tenant.unseal(:'token');
ROLLBACK;
BEGIN;
SELECT tenant.seal(true) AS second \gset
SELECT tenant.seal();
SELECT :'token' = :'second' AS same, tenant.unseal(:'second');
SET LOCAL app.tenant_id = :'bob';
SELECT fx.seen();
COMMIT;
SET app.tenant_id = :'bob';
SELECT fx.seen();
-- A rollback does not take it back.
SET app.tenant_id = :'ann';
BEGIN;
SELECT tenant.seal(true) AS token \gset
ROLLBACK;
SET app.tenant_id = :'bob';
SELECT fx.seen();
SELECT tenant.unseal(:'token');
-- Roles that bypass policies see no more, and open nothing.
RESET SESSION AUTHORIZATION;
PREPARE all_names AS SELECT count(*) FROM fx.customers;
SET row_security = off;
EXECUTE all_names;
SELECT fx.counted(false);
SET app.tenant_id = :'ann';
BEGIN;
SELECT fx.counted(true);
EXECUTE all_names;
SELECT fx.seen();
SET LOCAL app.tenant_id = :'bob';
SELECT fx.seen();
SET LOCAL app.tenant_id = :'ann';
SAVEPOINT s;
TRUNCATE fx.customers;
ROLLBACK TO s;
ALTER TABLE fx.customers DISABLE ROW LEVEL SECURITY;
ROLLBACK TO s;
SELECT tenant.unprotect('fx.customers');
ROLLBACK TO s;
DROP EXTENSION pg_tenant CASCADE;
ROLLBACK TO s;
-- Who asks for the tenant is told the sealed one.
SET LOCAL app.tenant_id = :'bob';
SET LOCAL app.tenant_name = 'Bob';
SELECT tenant.current_id(), tenant_id, tenant_name, tenant.context_headers() FROM tenant.identity();
ROLLBACK TO s;
COPY fx.customers (name) TO STDOUT;
SET LOCAL pg_tenant.confine_bypass_roles = off;
EXECUTE all_names;
SET LOCAL row_security = on;
EXECUTE all_names;
SET LOCAL ROLE fx_bypass;
SET LOCAL row_security = off;
EXECUTE all_names;
COMMIT;
EXECUTE all_names;
RESET row_security;
DEALLOCATE all_names;
-- What tells parallel workers is nobody else's to set.
SET pg_tenant.sealed = '';
SELECT set_config('pg_tenant.sealed', '', false);
ALTER ROLE fx_app SET pg_tenant.sealed = '';
SET SESSION AUTHORIZATION fx_app;
SET pg_tenant.sealed = '';
RESET pg_tenant.sealed;
RESET SESSION AUTHORIZATION;
-- Also what workers run, with a leader that claims another tenant or sees all.
\set VERBOSITY terse
SELECT CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'debug_parallel_query' ELSE 'force_parallel_mode' END AS debug \gset
CREATE FUNCTION fx.names_in_worker() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE SET row_security = off
	AS $$BEGIN RETURN (SELECT string_agg(name, ',' ORDER BY name) FROM fx.customers); END$$;
CREATE FUNCTION fx.bob_in_worker() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE SET app.tenant_id = '22222222-2222-2222-2222-222222222222'
	AS $$BEGIN RETURN (SELECT string_agg(name, ',' ORDER BY name) FROM fx.customers); END$$;
SET app.tenant_id = :'ann';
SET :debug = on;
BEGIN;
SELECT tenant.seal();
EXPLAIN (COSTS OFF) SELECT fx.names_in_worker() FROM fx.countries LIMIT 1;
SELECT fx.names_in_worker() FROM fx.countries LIMIT 1;
SAVEPOINT s;
SELECT fx.bob_in_worker() FROM fx.countries LIMIT 1;
ROLLBACK TO s;
RESET pg_tenant.sealed;
SET LOCAL app.tenant_id = :'bob';
SELECT fx.read_names() FROM fx.countries LIMIT 1;
ROLLBACK;
SELECT fx.bob_in_worker() FROM fx.countries LIMIT 1;
RESET :debug;
\set VERBOSITY default
RESET app.tenant_id;
-- PREPARE TRANSACTION ends it too.
BEGIN;
SET LOCAL app.tenant_id = :'ann';
SELECT tenant.seal();
PREPARE TRANSACTION 'sealed';
SELECT fx.say(format($$SELECT tenant.set(%L)$$, :'bob'));
ROLLBACK PREPARED 'sealed';
DROP FUNCTION fx.read_as_bob(), fx.say(text), fx.seen(), fx.counted(boolean), fx.read_names(), fx.names_in_worker(), fx.bob_in_worker();
