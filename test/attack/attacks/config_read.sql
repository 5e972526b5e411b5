-- as: app
-- Another tenant's configuration, by the functions that read a configuration and by what they read. The session's own is warm.
SELECT 'signed_' || current_database() AS signed \gset
\connect - attack_root
SET client_min_messages = error;
SELECT tenant.set_config(:'me', '{"name": "mine", "beta": false}'), tenant.set_config(:'other', '{"name": "CANARY-other", "beta": true}') \g /dev/null
CREATE ROLE :"signed" LOGIN;
ALTER ROLE :"signed" SET pg_tenant.require_signed = on;
\connect - attack_app
SET app.tenant_id = :'me';
SELECT tenant.config(), tenant.flag('beta');
-- The statement keeps its tenant.
SELECT set_config('app.tenant_id', :'other', false), c.id, tenant.config('name') FROM shop.customers c LIMIT 3;
SET app.tenant_id = :'me';
DECLARE c CURSOR WITH HOLD FOR SELECT tenant.config('name') FROM shop.customers;
FETCH c;
BEGIN;
DECLARE d CURSOR FOR SELECT tenant.config('name') FROM shop.customers;
FETCH d;
SET LOCAL app.tenant_id = :'other';
FETCH d;
ROLLBACK;
-- A seal.
BEGIN;
SELECT tenant.seal() \g /dev/null
SET LOCAL app.tenant_id = :'other';
SELECT tenant.config('name');
SELECT tenant.config() FROM generate_series(1, 2);
RESET app.tenant_id;
SELECT tenant.config('name');
SELECT tenant.query(:'other', 'SELECT tenant.config()');
ROLLBACK;
-- The tables, and what else reads them.
SET app.tenant_id = :'me';
SELECT config FROM tenant.tenants;
SELECT config FROM tenant.config_history;
SELECT * FROM tenant.config_layers;
SELECT * FROM tenant.config_changes(0);
SELECT * FROM tenant.config_snapshot();
SELECT tenant.effective_config(:'other');
SELECT tenant.set_config(:'other', '{}');
SELECT tenant.check_config('{}');
SELECT payload FROM tenant.events;
SELECT detail FROM tenant.audit_log;
SELECT * FROM pg_stats WHERE schemaname = 'tenant';
COPY tenant.config_history TO STDOUT;
-- Functions, operators and tables in front of the real ones.
CREATE FUNCTION play.jsonb_typeof(jsonb) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE '%', $1; RETURN 'object'; END $$;
SET search_path = play, pg_catalog;
SELECT tenant.config('name');
RESET search_path;
-- What has to be signed.
\connect - :signed
SET app.tenant_id = :'other';
SELECT tenant.config();
SELECT tenant.flag('beta') AND shop.found(true);
\connect - attack_root
DROP ROLE :"signed";
