-- The settings: what they take, what they refuse, and that a refusal changes nothing.
SELECT name, setting, vartype, context, enumvals FROM pg_settings
	WHERE name LIKE 'app.%' OR name LIKE 'pg\_tenant.%' ORDER BY name;
SET app.tenant_id = 'acme';
SET app.tenant_id = '';
SELECT tenant.current_id() IS NULL AS none;
SET app.tenant_id = 'acme';
SET app.tenant_id = ' acme';
SET app.tenant_id = 'acme ';
SET app.tenant_id = E'ac\nme';
SELECT set_config('app.tenant_id', repeat('x', 129), false);
SELECT set_config('app.tenant_id', E'a\u0085b', false);
SET app.tenant_name = E'a\tb';
SELECT set_config('app.tenant_name', repeat('x', 257), false);
SET app.request_id = E'a\rb';
SELECT set_config('app.trace_id', repeat('x', 129), false);
SET app.include_deleted = 'perhaps';
SHOW app.tenant_id;
SELECT length(set_config('app.tenant_id', repeat('ü', 128), false));
-- Any spelling of a UUID, in one.
SET app.tenant_id = '{A0EEBC999C0B4EF8BB6D6BB9BD380A11}';
SHOW app.tenant_id;
SELECT tenant.current_uuid(), tenant.current_bigint();
SET app.tenant_id = '-9223372036854775808';
SELECT tenant.current_uuid(), tenant.current_bigint(), tenant.current_int();
SET app.tenant_id = '2147483648';
SELECT tenant.current_bigint(), tenant.current_int();
-- All the ways to set and reset.
RESET app.tenant_id;
SHOW app.tenant_id;
SET app.tenant_id = 'acme';
SELECT set_config('app.tenant_id', NULL, false);
SET app.tenant_id TO DEFAULT;
SHOW app.tenant_id;
UPDATE pg_settings SET setting = 'acme' WHERE name = 'app.tenant_id';
SHOW app.tenant_id;
DISCARD ALL;
SHOW app.tenant_id;
BEGIN;
SET LOCAL app.tenant_id = 'acme';
SELECT tenant.current_id();
COMMIT;
SELECT tenant.current_id();
-- Server settings are not for everyone; nobody invents settings of ours.
SET SESSION AUTHORIZATION fx_app;
SET pg_tenant.on_missing_tenant = 'empty';
SET pg_tenant.require_registered = off;
SET pg_tenant.no_such_setting = 1;
RESET SESSION AUTHORIZATION;
