-- What a tenant is limited to, from the next statement on. A token comes every 1,000 seconds here, so that none does.
\set VERBOSITY sqlstate
SET client_min_messages = warning;
CREATE ROLE li_app LOGIN;
CREATE ROLE li_admin LOGIN IN ROLE tenant_admin;
CREATE SCHEMA li AUTHORIZATION li_admin;
GRANT USAGE, CREATE ON SCHEMA li TO li_app;
DO $$ BEGIN PERFORM tenant.provision('li-' || t) FROM unnest(ARRAY['a', 'b', 'c']) t; END $$;
SET SESSION AUTHORIZATION li_admin;
CREATE TABLE li.items (tenant_id text, id int, PRIMARY KEY (tenant_id, id));
INSERT INTO li.items SELECT 'li-' || t, i FROM unnest(ARRAY['a', 'b', 'c']) t, generate_series(1, 5) i;
SELECT tenant.protect('li.items', column_type => 'text');
GRANT ALL ON li.items TO li_app;
CREATE FUNCTION li.configure(id text, patch jsonb) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
	PERFORM tenant.set_config(id, '{"limits": null}');
	PERFORM tenant.set_config(id, patch);
END
$$;
-- Nested statements, of every kind.
CREATE FUNCTION li.nested(times int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	found bigint;
BEGIN
	FOR i IN 1..times LOOP
		SELECT count(*) INTO found FROM li.items;
		EXECUTE 'SELECT count(*) FROM li.items' INTO found;
		BEGIN
			PERFORM 1 / 0;
		EXCEPTION WHEN division_by_zero THEN NULL;
		END;
	END LOOP;
	RETURN found;
END
$$;
CREATE PROCEDURE li.committing() LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1..5 LOOP
		PERFORM count(*) FROM li.items;
		COMMIT;
	END LOOP;
END
$$;
CREATE FUNCTION li.look() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM count(*) FROM li.items;
	RETURN NULL;
END
$$;
CREATE TRIGGER look AFTER INSERT ON li.items FOR EACH ROW EXECUTE FUNCTION li.look();
CREATE CONSTRAINT TRIGGER look_later AFTER INSERT ON li.items DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION li.look();
SELECT li.configure('li-a', '{"limits": {"statements_per_second": 0.001, "burst": 6}}');
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION li_app;

-- Each kind of statement is one, whatever it calls.
SET app.tenant_id = 'li-a';
SELECT count(*) FROM li.items;
SELECT li.nested(10);
CALL li.committing();
INSERT INTO li.items VALUES ('li-a', 6), ('li-a', 7);
DO $$ BEGIN PERFORM li.nested(3); END $$;
CREATE TABLE li.own (id int);
-- The seventh.
SELECT 1;
CREATE TABLE li.other (id int);
EXPLAIN SELECT 1;
CALL li.committing();
-- What ends a transaction, and settings, are let through; other tenants are.
BEGIN;
SELECT 1;
SHOW app.tenant_id;
ROLLBACK;
BEGIN;
SAVEPOINT s;
RELEASE s;
COMMIT;
SHOW app.tenant_id;
SET app.tenant_id = 'li-b';
SELECT count(*), (SELECT count(*) FROM pg_class WHERE relname = 'other') FROM li.items;
RESET app.tenant_id;
SELECT 1;
-- For every role; not where all tenants are seen.
RESET SESSION AUTHORIZATION;
SET app.tenant_id = 'li-a';
SELECT 1;
SET row_security = off;
SELECT count(*) FROM li.items WHERE tenant_id = 'li-a';
RESET row_security;
SELECT 1;
RESET app.tenant_id;
SET SESSION AUTHORIZATION fx_bypass;
SET app.tenant_id = 'li-a';
SELECT 1;
SET SESSION AUTHORIZATION li_app;
SET row_security = off;
SELECT 1;
RESET row_security;
-- In force at once, in either direction; a smaller burst takes tokens away.
RESET app.tenant_id;
SELECT li.configure('li-a', '{}');
SET app.tenant_id = 'li-a';
SELECT 1;
RESET app.tenant_id;
SELECT li.configure('li-b', '{"limits": {"statements_per_second": 0.001, "burst": 1}}');
SET app.tenant_id = 'li-b';
SELECT 1;
SELECT 2;
RESET app.tenant_id;
-- From defaults, too.
RESET SESSION AUTHORIZATION;
SELECT FROM tenant.set_default_config('{"limits": {"statements_per_second": 0.001, "burst": 2}}');
SET app.tenant_id = 'li-c';
SELECT 1;
SELECT 2;
SELECT 3;
RESET app.tenant_id;
-- Which a tenant is exempt from by a zero.
SELECT FROM tenant.set_config('li-c', '{"limits": {"statements_per_second": 0}}');
SET app.tenant_id = 'li-c';
SELECT 3;
RESET app.tenant_id;
SELECT FROM tenant.set_config('li-c', '{"limits": null}');
SELECT FROM tenant.set_default_config('{"limits": null}');
SET app.tenant_id = 'li-c';
SELECT 3;
RESET app.tenant_id;

-- Rows of a result, wherever it comes from; not what a statement reads, writes or stores.
SET SESSION AUTHORIZATION li_app;
SELECT li.configure('li-c', '{"limits": {"rows_per_result": 3}}');
SET app.tenant_id = 'li-c';
SELECT id FROM li.items ORDER BY id LIMIT 3;
SELECT id FROM li.items ORDER BY id;
SELECT sum(id) FROM li.items;
UPDATE li.items SET id = id + 100;
UPDATE li.items SET id = id - 100 RETURNING id;
UPDATE li.items SET id = id - 100 WHERE id > 103 RETURNING id;
CREATE TEMP TABLE kept AS SELECT * FROM li.items;
COPY li.items (id) TO STDOUT;
PREPARE every AS SELECT id FROM li.items ORDER BY id;
EXECUTE every;
SELECT li.nested(1);
BEGIN;
DECLARE c CURSOR FOR SELECT id FROM li.items ORDER BY id;
FETCH 2 FROM c;
FETCH 2 FROM c;
ROLLBACK;
BEGIN;
DECLARE kept CURSOR WITH HOLD FOR SELECT id FROM li.items ORDER BY id;
COMMIT;
\set FETCH_COUNT 2
SELECT id FROM li.items ORDER BY id;
\unset FETCH_COUNT
RESET app.tenant_id;

-- A statement's time: never longer than what the session has set.
SELECT li.configure('li-c', '{"limits": {"statement_timeout": "50ms"}}');
SET app.tenant_id = 'li-c';
SELECT pg_sleep(5);
SET statement_timeout = 0;
DO $$ BEGIN PERFORM pg_sleep(5); END $$;
SET statement_timeout = '1h';
SELECT pg_sleep(5);
RESET app.tenant_id;
SELECT li.configure('li-c', '{"limits": {"statement_timeout": "1h"}}');
SET app.tenant_id = 'li-c';
SET statement_timeout = '50ms';
SELECT pg_sleep(5);
RESET statement_timeout;
RESET app.tenant_id;
-- Of each statement of those that are sent at once.
SELECT li.configure('li-c', '{"limits": {"statement_timeout": "1s"}}');
SELECT FROM pg_sleep(1.1) \; SET app.tenant_id = 'li-c' \; SELECT 1;
RESET app.tenant_id;
-- Between statements of a transaction.
SELECT li.configure('li-c', '{"limits": {"idle_in_transaction_timeout": "5min"}}');
SET app.tenant_id = 'li-c';
SHOW idle_in_transaction_session_timeout;
BEGIN;
SELECT 1;
SHOW idle_in_transaction_session_timeout;
SET idle_in_transaction_session_timeout = 0;
SHOW idle_in_transaction_session_timeout;
SET idle_in_transaction_session_timeout = '1min';
SHOW idle_in_transaction_session_timeout;
ROLLBACK;
SHOW idle_in_transaction_session_timeout;
-- A savepoint that it was lowered in, and a tenant that it was lowered for, do not take that with them.
BEGIN ISOLATION LEVEL REPEATABLE READ;
SAVEPOINT s;
SELECT count(*) FROM li.items;
ROLLBACK TO s;
SHOW idle_in_transaction_session_timeout;
RESET app.tenant_id;
SET idle_in_transaction_session_timeout = 0;
SHOW idle_in_transaction_session_timeout;
ROLLBACK;
RESET app.tenant_id;
BEGIN;
SET idle_in_transaction_session_timeout = 0;
SHOW idle_in_transaction_session_timeout;
ROLLBACK;

-- The breaker: eight failures of ten open it. A wrong statement is none, and neither is a cancel.
SELECT li.configure('li-c', '{"limits": {"breaker": {"minimum": 4, "ratio": 0.8, "timeout": "1h", "interval": "1h"}, "statement_timeout": "20ms"}}');
SET app.tenant_id = 'li-c';
SELECT 1 / 0;
DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '57014'; END $$;
SELECT pg_sleep(5);
SELECT pg_sleep(5);
DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$;
DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '58030'; END $$;
DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$;
DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'XX001'; END $$;
DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'XX001'; END $$;
DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'XX001'; END $$;
SELECT 1;
SHOW app.tenant_id;
RESET app.tenant_id;
SELECT * FROM tenant.breakers;
SET SESSION AUTHORIZATION li_admin;
SELECT tenant_id, state, by_hand, requests, failures, retry_at - now() > '59 min' AS retried_later FROM tenant.breakers WHERE tenant_id LIKE 'li-c';
SELECT tenant.close_breaker('li-c');
SET app.tenant_id = 'li-c';
SELECT 1;
RESET app.tenant_id;
SELECT tenant_id, state, by_hand, requests, failures, retry_at FROM tenant.breakers WHERE tenant_id LIKE 'li-c';
-- A timeout that has passed: one is let through, and decides.
SELECT li.configure('li-c', '{"limits": {"breaker": {"minimum": 1, "timeout": "0ms"}}}');
SET app.tenant_id = 'li-c';
DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'XX001'; END $$;
DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'XX001'; END $$;
SELECT state, requests FROM tenant.breakers WHERE tenant_id LIKE 'li-c';
SELECT state, requests FROM tenant.breakers WHERE tenant_id LIKE 'li-c';
RESET app.tenant_id;
-- By hand, also of a tenant without limits.
SELECT li.configure('li-c', '{}');
SELECT tenant.open_breaker('li-c'), tenant.open_breaker('li-a');
SET app.tenant_id = 'li-c';
SELECT 1;
SET app.tenant_id = 'li-a';
SELECT 1;
SET app.tenant_id = 'li-b';
RESET app.tenant_id;
SELECT tenant_id, state, by_hand, retry_at FROM tenant.breakers WHERE by_hand ORDER BY tenant_id;
SELECT li.configure('li-c', '{"limits": {"rows_per_result": 3}}');
SET app.tenant_id = 'li-c';
SELECT 1;
RESET app.tenant_id;
SELECT tenant.close_breaker('li-c'), tenant.close_breaker('li-a'), tenant.close_breaker('li-b');
SET app.tenant_id = 'li-c';
SELECT 1;
RESET app.tenant_id;
SELECT tenant.open_breaker('li-none');
SELECT tenant.open_breaker(NULL);
SELECT tenant.close_breaker(' ');
SET SESSION AUTHORIZATION li_app;
SELECT tenant.open_breaker('li-a');
SELECT tenant.close_breaker('li-a');
RESET SESSION AUTHORIZATION;

-- A session that knows of nobody: one tenant's limits are not the next one's.
SELECT li.configure('li-a', '{"limits": {"statements_per_second": 0.001, "burst": 1}}');
SELECT li.configure('li-c', '{}');
\c -
SET client_min_messages = warning;
SET app.tenant_id = 'li-a';
SELECT 1 AS first;
SELECT 1 AS second;
SET app.tenant_id = 'li-c';
SELECT 1 AS first;
SELECT 1 AS second;
SELECT 1 AS third;
RESET app.tenant_id;

SET row_security = off;
DELETE FROM li.items;
DROP SCHEMA li CASCADE;
