-- Roles that are bound to tenants: what they may use, whoever runs for them, and who may change it.
\set SHOW_CONTEXT never
\set ann '11111111-1111-1111-1111-111111111111'
\set bob '22222222-2222-2222-2222-222222222222'
CREATE ROLE fx_bound LOGIN;
CREATE ROLE fx_root LOGIN SUPERUSER;
GRANT fx_app TO fx_bound;
GRANT fx_bound TO fx_owner;
CREATE FUNCTION fx.seen() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN (SELECT string_agg(name, ',' ORDER BY tenant_id, id) FROM fx.customers);
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
CREATE FUNCTION fx.seen_by_definer() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT fx.seen()';
SET SESSION AUTHORIZATION fx_owner;
SELECT tenant.grant_tenant('fx_bound', :'ann');
SELECT tenant.grant_tenant('fx_bound', upper(:'ann'));
SELECT tenant.grant_tenant('fx_bound', '33333333-3333-3333-3333-333333333333');
SELECT tenant.grant_tenant('fx_bound', '99999999-9999-9999-9999-999999999999');
SELECT tenant.grant_tenant('fx_bound', NULL);
SELECT tenant.grant_tenant(NULL, :'ann');
SELECT tenant.grant_tenant('4000000000', :'ann');
SELECT tenant.grant_tenant('fx_nobody', :'ann');
SELECT * FROM tenant.role_tenants ORDER BY tenant_id;
INSERT INTO tenant.role_grants VALUES ('fx_app', :'bob');
RESET SESSION AUTHORIZATION;
-- The session's user is bound, whatever role it takes.
SET SESSION AUTHORIZATION fx_bound;
SELECT fx.seen();
SET app.tenant_id = :'ann';
SELECT fx.seen();
SET app.tenant_id = :'bob';
SELECT fx.seen(), fx.seen_by_definer();
SELECT name FROM fx.customers;
COPY fx.customers TO STDOUT;
SET ROLE fx_app;
SELECT fx.seen();
SELECT tenant.set(:'bob');
SELECT tenant.seal();
SELECT tenant.execute(:'bob', 'DELETE FROM fx.customers');
SELECT tenant.query(:'bob', 'TABLE fx.customers');
SELECT tenant.set_from_headers(jsonb_build_object('X-Tenant-ID', :'bob'));
-- What does not exist is not told apart from what is not granted.
SELECT tenant.set('99999999-9999-9999-9999-999999999999');
SET app.tenant_id = '33333333-3333-3333-3333-333333333333';
SELECT fx.seen();
RESET app.tenant_id;
RESET ROLE;
SELECT tenant.grant_tenant('fx_bound', :'bob');
TABLE tenant.role_tenants;
-- The role that the session takes is bound, whoever the user is.
SET SESSION AUTHORIZATION fx_owner;
SET app.tenant_id = :'bob';
SELECT fx.seen();
PREPARE names AS SELECT string_agg(name, ',') FROM fx.customers;
EXECUTE names;
SET ROLE fx_bound;
SELECT fx.seen();
EXECUTE names;
SET app.tenant_id = :'ann';
SELECT fx.seen();
RESET ROLE;
DEALLOCATE names;
-- A cursor goes on only while the grant lasts.
SET SESSION AUTHORIZATION fx_bound;
BEGIN;
DECLARE c CURSOR FOR SELECT name FROM fx.customers ORDER BY id;
FETCH c;
RESET SESSION AUTHORIZATION;
SELECT tenant.grant_tenant('fx_bound', :'bob'), tenant.revoke_tenant('fx_bound', :'ann');
SET SESSION AUTHORIZATION fx_bound;
FETCH c;
ROLLBACK;
SELECT fx.seen();
-- The last one taken opens all again.
RESET SESSION AUTHORIZATION;
BEGIN;
SELECT tenant.revoke_tenant('fx_bound', :'ann');
SELECT tenant.revoke_tenant('fx_bound', '33333333-3333-3333-3333-333333333333');
SELECT tenant.revoke_tenant('fx_bound', '33333333-3333-3333-3333-333333333333');
ROLLBACK;
SET SESSION AUTHORIZATION fx_bound;
SET app.tenant_id = :'bob';
SELECT fx.seen();
RESET SESSION AUTHORIZATION;
-- Not even a superuser who is bound sees all tenants.
SET SESSION AUTHORIZATION fx_root;
PREPARE counted AS SELECT count(*) FROM fx.customers;
SET row_security = off;
EXECUTE counted;
SELECT tenant.grant_tenant('fx_root', :'bob');
EXECUTE counted;
SET pg_tenant.confine_bypass_roles = off;
SELECT fx.seen();
SET app.tenant_id = :'ann';
SELECT fx.seen();
TRUNCATE fx.customers;
SET ROLE fx_bypass;
EXECUTE counted;
RESET ROLE;
SELECT tenant.unprotect('fx.customers');
-- Nor after an error, where nothing may be read.
BEGIN;
SELECT 1/0;
SELECT 1;
ROLLBACK;
SELECT tenant.revoke_tenant('fx_root', :'bob');
EXECUTE counted;
DEALLOCATE counted;
RESET row_security;
RESET pg_tenant.confine_bypass_roles;
RESET app.tenant_id;
RESET SESSION AUTHORIZATION;
-- A role that is gone binds nobody, and is shown and dumped no more.
DROP ROLE fx_root;
SELECT tenant.grant_tenant('fx_app', :'ann');
DROP OWNED BY fx_bound;
DROP ROLE fx_bound;
TABLE tenant.role_tenants;
SELECT count(*) FROM tenant.role_grants;
SELECT tenant.grant_tenant('fx_bypass', :'ann');
SELECT count(*) FROM tenant.role_grants;
TRUNCATE tenant.role_grants;
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'bob';
SELECT fx.seen();
RESET app.tenant_id;
RESET SESSION AUTHORIZATION;
DROP FUNCTION fx.seen(), fx.seen_by_definer();
