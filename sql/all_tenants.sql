-- What was opened for all tenants, under row_security = off, is not read by a session that is confined again.
\set A 11111111-1111-1111-1111-111111111111
GRANT fx_app TO fx_bypass;
CREATE SCHEMA al;
GRANT USAGE ON SCHEMA al TO PUBLIC;
CREATE FUNCTION al.opened() RETURNS refcursor LANGUAGE plpgsql SET row_security = off AS $$
DECLARE
	opened refcursor := 'opened';
BEGIN
	OPEN opened FOR SELECT name FROM fx.customers;
	RETURN opened;
END
$$;
CREATE FUNCTION al.looped() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	customer text;
BEGIN
	FOR customer IN SELECT name FROM fx.customers ORDER BY name LOOP
		RETURN NEXT customer;
		PERFORM set_config('row_security', 'on', true);
	END LOOP;
END
$$;
SET SESSION AUTHORIZATION fx_bypass;
SET app.tenant_id = :'A';

-- Ended by the setting, the role, a rollback, and a seal.
BEGIN;
SET LOCAL row_security = off;
DECLARE c SCROLL CURSOR FOR SELECT name FROM fx.customers ORDER BY name;
DECLARE plain CURSOR FOR SELECT code FROM fx.countries ORDER BY code;
FETCH 1 FROM c;
FETCH 1 FROM c;
SET LOCAL row_security = on;
FETCH 1 FROM plain;
SAVEPOINT before;
FETCH 1 FROM c;
ROLLBACK TO before;
MOVE ALL FROM c;
ROLLBACK TO before;
SET LOCAL ROLE fx_app;
FETCH 1 FROM c;
ROLLBACK TO before;
SET LOCAL row_security = off;
FETCH 2 FROM c;
SET LOCAL ROLE fx_app;
FETCH 1 FROM c;
ROLLBACK TO before;
FETCH 1 FROM c;
ROLLBACK TO before;
SET LOCAL row_security = off;
FETCH 1 FROM c;
SELECT tenant.seal();
FETCH 1 FROM c;
ROLLBACK;

-- A tenant's cursor stays the tenant's.
BEGIN;
DECLARE c CURSOR FOR SELECT name FROM fx.customers ORDER BY name;
SET LOCAL row_security = off;
FETCH ALL FROM c;
COMMIT;

-- Cursors of functions.
BEGIN;
SELECT al.opened();
FETCH 1 FROM opened;
ROLLBACK;
SET row_security = off;
SELECT al.looped();
RESET row_security;

-- Stored when the transaction ends.
BEGIN;
SET LOCAL row_security = off;
DECLARE held CURSOR WITH HOLD FOR SELECT name FROM fx.customers ORDER BY name;
COMMIT;
FETCH 1 FROM held;
SET row_security = off;
FETCH 1 FROM held;
SET row_security = on;
FETCH 1 FROM held;
MOVE 1 FROM held;
SET row_security = off;
BEGIN;
FETCH 1 FROM held;
COMMIT;
FETCH 1 FROM held;
SET ROLE fx_app;
SET row_security = on;
FETCH 1 FROM held;
RESET ROLE;
RESET row_security;
CLOSE held;
BEGIN;
SET LOCAL row_security = off;
DECLARE held CURSOR WITH HOLD FOR SELECT name FROM fx.customers ORDER BY name;
SET LOCAL row_security = on;
COMMIT;
FETCH 1 FROM held;

-- Everybody may be unconfined by the setting.
RESET SESSION AUTHORIZATION;
SET pg_tenant.confine_bypass_roles = off;
BEGIN;
DECLARE c CURSOR FOR SELECT name FROM fx.customers ORDER BY name;
FETCH 1 FROM c;
SET LOCAL pg_tenant.confine_bypass_roles = on;
FETCH 1 FROM c;
ROLLBACK;
RESET pg_tenant.confine_bypass_roles;

-- What ANALYZE keeps of all tenants, and a materialized view over their rows, belong to all of them too.
BEGIN;
SET LOCAL row_security = off;
CREATE MATERIALIZED VIEW al.all_names AS SELECT name FROM fx.customers;
DECLARE kept CURSOR FOR SELECT count(*) FROM pg_stats;
DECLARE viewed CURSOR FOR SELECT name FROM al.all_names;
DECLARE plain CURSOR FOR SELECT 1;
SET LOCAL row_security = on;
SAVEPOINT s;
FETCH kept;
ROLLBACK TO s;
FETCH viewed;
ROLLBACK TO s;
FETCH plain;
ROLLBACK;

REVOKE fx_app FROM fx_bypass;
SET client_min_messages = warning;
DROP SCHEMA al CASCADE;
