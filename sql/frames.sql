-- One tenant per statement: what it found when it started holds until it ends.
\set A '11111111-1111-1111-1111-111111111111'
\set B '22222222-2222-2222-2222-222222222222'
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';

-- A switch in the middle changes nothing before the next statement.
SELECT id, name, set_config('app.tenant_id', :'B', false) = :'B' AS switched FROM fx.customers ORDER BY id;
SELECT name FROM fx.customers ORDER BY id;
SET app.tenant_id = :'A';
SELECT count(*) FROM fx.customers a, LATERAL (SELECT set_config('app.tenant_id', :'B', true)) s, fx.customers b
	WHERE b.name LIKE 'bob%';
SELECT tenant.current_uuid() FROM fx.customers, LATERAL (SELECT set_config('app.tenant_id', :'B', true)) s LIMIT 1;
SET enable_indexscan = off;
SET enable_bitmapscan = off;
SELECT name, set_config('app.tenant_id', :'B', true) IS NULL FROM fx.customers;
RESET enable_indexscan;
RESET enable_bitmapscan;

-- Nested statements take the setting at their own start, and the outer one goes on as it was.
RESET SESSION AUTHORIZATION;
CREATE FUNCTION fx.names_of(tenant text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	names text;
BEGIN
	PERFORM set_config('app.tenant_id', tenant, false);
	SELECT string_agg(name, ',' ORDER BY id) INTO names FROM fx.customers;
	RETURN names;
END
$$;
CREATE FUNCTION fx.failing(tenant text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM fx.names_of(tenant);
	PERFORM 1 / 0;
	RETURN 'not reached';
EXCEPTION WHEN division_by_zero THEN
	RETURN (SELECT string_agg(name, ',' ORDER BY id) FROM fx.customers);
END
$$;
-- Inlined as the query it is; its rows are fetched one by one.
CREATE FUNCTION fx.names() RETURNS SETOF text LANGUAGE sql STABLE AS 'SELECT name FROM fx.customers ORDER BY id';
CREATE FUNCTION fx.names_volatile() RETURNS SETOF text LANGUAGE sql VOLATILE AS 'SELECT name FROM fx.customers ORDER BY id';
CREATE FUNCTION fx.lazy_names() RETURNS SETOF text LANGUAGE sql VOLATILE AS 'SELECT name FROM fx.customers';
CREATE FUNCTION fx.with_clause() RETURNS text LANGUAGE sql SET app.tenant_id = '22222222-2222-2222-2222-222222222222'
	AS 'SELECT string_agg(name, '','' ORDER BY id) FROM fx.customers';
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
SELECT name, fx.names_of(:'B') FROM fx.customers ORDER BY id;
SHOW app.tenant_id;
SET app.tenant_id = :'A';
SELECT name, fx.failing(:'B') FROM fx.customers ORDER BY id;
SHOW app.tenant_id;
SELECT name, fx.with_clause() FROM fx.customers ORDER BY id;
SHOW app.tenant_id;
SELECT fx.names();
SELECT fx.names_volatile(), set_config('app.tenant_id', :'B', true) IS NULL;
SELECT * FROM fx.names_volatile() n JOIN fx.customers c ON c.name = n;

-- Triggers: the statement's tenant, also for what AFTER triggers do when it finishes.
RESET SESSION AUTHORIZATION;
CREATE TABLE fx.audit (tenant_id uuid, at_before uuid, seen bigint);
ALTER TABLE fx.audit OWNER TO fx_owner;
SET SESSION AUTHORIZATION fx_owner;
SELECT tenant.protect('fx.audit');
GRANT SELECT, INSERT ON fx.audit TO fx_app;
RESET SESSION AUTHORIZATION;
CREATE FUNCTION fx.note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_WHEN = 'BEFORE' THEN
		NEW.name := NEW.name || '/' || left(tenant.current_id(), 1);
		RETURN NEW;
	END IF;
	INSERT INTO fx.audit (at_before, seen) VALUES (tenant.current_uuid(), (SELECT count(*) FROM fx.customers));
	RETURN NULL;
END
$$;
CREATE TRIGGER note_before BEFORE INSERT ON fx.customers FOR EACH ROW EXECUTE FUNCTION fx.note();
CREATE TRIGGER note_after AFTER INSERT ON fx.customers FOR EACH ROW EXECUTE FUNCTION fx.note();
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
BEGIN;
INSERT INTO fx.customers (id, name) VALUES (10, 'ten'), (11, 'eleven') RETURNING tenant_id, name;
SELECT * FROM fx.audit;
ROLLBACK;
RESET SESSION AUTHORIZATION;
DROP TRIGGER note_before ON fx.customers;
DROP TRIGGER note_after ON fx.customers;
DROP FUNCTION fx.note();

-- Between statements the session's setting counts: a plpgsql expression runs no statement.
DO $$
DECLARE
	id text;
BEGIN
	SELECT tenant_id INTO id FROM fx.customers LIMIT 1;
	SET LOCAL app.tenant_id = '22222222-2222-2222-2222-222222222222';
	id := tenant.current_id();
	RAISE NOTICE '%', id;
	BEGIN
		PERFORM 1 / (c.id - c.id) FROM fx.customers c;
	EXCEPTION WHEN OTHERS THEN
		SET LOCAL app.tenant_id = 'acme';
		id := tenant.current_id();
		RAISE NOTICE '%', id;
	END;
END
$$;

-- Deferred triggers: never for the tenant that happens to be set at the end.
RESET SESSION AUTHORIZATION;
CREATE FUNCTION fx.note_late() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO fx.customers (id, name) VALUES (NEW.id + 1000, NEW.name || ' noted');
	RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER note_late AFTER INSERT ON fx.customers DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW WHEN (NEW.id < 1000) EXECUTE FUNCTION fx.note_late();
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
BEGIN;
INSERT INTO fx.customers (id, name) VALUES (100, 'secret of ann');
SET LOCAL app.tenant_id = :'B';
COMMIT;
BEGIN;
INSERT INTO fx.customers (id, name) VALUES (100, 'secret of ann');
SET LOCAL app.tenant_id = :'B';
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK;
DO $$
BEGIN
	INSERT INTO fx.customers (id, name) VALUES (100, 'secret of ann');
	PERFORM set_config('app.tenant_id', '22222222-2222-2222-2222-222222222222', true);
END
$$;
BEGIN;
INSERT INTO fx.customers (id, name) VALUES (100, 'ann');
SET CONSTRAINTS ALL IMMEDIATE;
SET LOCAL app.tenant_id = :'B';
SELECT count(*) FROM fx.customers;
COMMIT;
BEGIN;
SAVEPOINT s;
INSERT INTO fx.customers (id, name) VALUES (101, 'ann');
ROLLBACK TO s;
SET LOCAL app.tenant_id = :'B';
INSERT INTO fx.customers (id, name) VALUES (101, 'bob');
COMMIT;
SELECT id, name FROM fx.customers WHERE id >= 100 ORDER BY id;
DELETE FROM fx.customers WHERE id >= 100;
SET app.tenant_id = :'B';
SELECT id, name FROM fx.customers WHERE id >= 100 ORDER BY id;
DELETE FROM fx.customers WHERE id >= 100;
RESET SESSION AUTHORIZATION;
DROP TRIGGER note_late ON fx.customers;
DROP FUNCTION fx.note_late();

-- Settings follow transactions and savepoints.
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
BEGIN;
SET app.tenant_id = :'B';
SELECT count(*) FILTER (WHERE name LIKE 'bob%') FROM fx.customers;
ROLLBACK;
SELECT count(*) FILTER (WHERE name LIKE 'ann%') FROM fx.customers;
BEGIN;
SAVEPOINT s;
SET LOCAL app.tenant_id = :'B';
SELECT count(*) FILTER (WHERE name LIKE 'bob%') FROM fx.customers;
ROLLBACK TO s;
SELECT count(*) FILTER (WHERE name LIKE 'ann%') FROM fx.customers;
COMMIT;
BEGIN;
SELECT tenant.set(:'B');
SELECT count(*) FILTER (WHERE name LIKE 'bob%') FROM fx.customers;
COMMIT;
SELECT tenant.current_id();
SELECT tenant.set('nobody', false);
SELECT tenant.current_id();

-- Cursors belong to the tenant that opened them.
BEGIN;
DECLARE c CURSOR FOR SELECT name FROM fx.customers ORDER BY id;
FETCH 1 FROM c;
SET LOCAL app.tenant_id = :'B';
SAVEPOINT s;
FETCH 1 FROM c;
ROLLBACK TO s;
SET LOCAL app.tenant_id = '';
FETCH 1 FROM c;
ROLLBACK TO s;
MOVE 1 IN c;
ROLLBACK TO s;
SET LOCAL app.tenant_id = :'A';
FETCH 1 FROM c;
CLOSE c;
COMMIT;
BEGIN;
DECLARE held CURSOR WITH HOLD FOR SELECT name FROM fx.customers ORDER BY id;
COMMIT;
FETCH 1 FROM held;
SET app.tenant_id = :'B';
FETCH 1 FROM held;
MOVE ALL IN held;
SET app.tenant_id = :'A';
FETCH 1 FROM held;
CLOSE held;
-- Other portals come and go beside a held cursor.
DECLARE held CURSOR WITH HOLD FOR SELECT name FROM fx.customers ORDER BY id;
DECLARE held2 CURSOR WITH HOLD FOR SELECT name FROM fx.customers ORDER BY id;
BEGIN;
DECLARE c CURSOR FOR SELECT 1;
COMMIT;
FETCH 1 FROM held;
FETCH 1 FROM held2;
CLOSE ALL;
-- A function's rows that are fetched one by one belong to the tenant that the first was fetched for.
BEGIN;
DECLARE c CURSOR FOR SELECT fx.lazy_names();
FETCH 1 FROM c;
SET LOCAL app.tenant_id = :'B';
FETCH 1 FROM c;
ROLLBACK;
-- A suspended tenant's cursors stand still.
BEGIN;
DECLARE c CURSOR FOR SELECT name FROM fx.customers ORDER BY id;
FETCH 1 FROM c;
RESET SESSION AUTHORIZATION;
SELECT (tenant.suspend(:'A')).status;
SET LOCAL SESSION AUTHORIZATION fx_app;
SET LOCAL app.tenant_id = :'A';
FETCH 1 FROM c;
ROLLBACK;
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
DECLARE held CURSOR WITH HOLD FOR SELECT name FROM fx.customers ORDER BY id;
RESET SESSION AUTHORIZATION;
SELECT (tenant.suspend(:'A')).status;
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
FETCH 1 FROM held;
RESET SESSION AUTHORIZATION;
SELECT (tenant.resume(:'A')).status;
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
FETCH 1 FROM held;
CLOSE held;
-- Stored at commit by another tenant than the one that declared it.
BEGIN;
DECLARE held CURSOR WITH HOLD FOR SELECT name FROM fx.customers ORDER BY id;
SET app.tenant_id = :'B';
COMMIT;
SET app.tenant_id = :'A';
FETCH ALL FROM held;
DO $$
DECLARE
	c refcursor;
	r text;
BEGIN
	OPEN c FOR SELECT name FROM fx.customers ORDER BY id;
	FETCH c INTO r;
	RAISE NOTICE '%', r;
	PERFORM set_config('app.tenant_id', '22222222-2222-2222-2222-222222222222', true);
	BEGIN
		FETCH c INTO r;
	EXCEPTION WHEN SQLSTATE 'TN011' THEN
		RAISE NOTICE 'refused';
	END;
END
$$;
SELECT tenant.current_id();
-- A cursor on nothing protected is nobody's.
BEGIN;
DECLARE c CURSOR FOR SELECT code FROM fx.countries ORDER BY code;
FETCH 1 FROM c;
SET LOCAL app.tenant_id = :'B';
FETCH 1 FROM c;
COMMIT;

RESET SESSION AUTHORIZATION;
DROP FUNCTION fx.names_of(text), fx.failing(text), fx.names(), fx.names_volatile(), fx.lazy_names(), fx.with_clause();
DROP TABLE fx.audit;
