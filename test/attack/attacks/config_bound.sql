-- as: app
-- The configuration of a tenant that the session's role was not granted, or that may not work.
SET client_min_messages = error;
SELECT 'configured_' || current_database() AS bound \gset
\connect - attack_root
SET client_min_messages = error;
SELECT tenant.set_config(:'other', '{"name": "CANARY-other"}') \g /dev/null
CREATE ROLE :"bound" LOGIN;
SELECT tenant.grant_tenant(:'bound', :'me') \g /dev/null
\connect - :bound
SET app.tenant_id = :'me';
SELECT tenant.config();
SET app.tenant_id = :'other';
SELECT tenant.config();
SELECT tenant.config('name');
SELECT tenant.query(:'other', 'SELECT tenant.config()');
DO $$ BEGIN RAISE NOTICE '%', tenant.config('name'); END $$;
CREATE TEMP TABLE kept AS SELECT tenant.config();
\connect - attack_root
SELECT tenant.suspend(:'other') \g /dev/null
\connect - attack_app
SET app.tenant_id = :'other';
SELECT tenant.config();
\connect - attack_root
SELECT tenant.resume(:'other') \g /dev/null
DROP OWNED BY :"bound";
DROP ROLE :"bound";
