-- as: app
-- A tenant's sessions read its configuration, wherever an expression may stand.
\connect - attack_root
SET client_min_messages = error;
SELECT tenant.set_config(:'me', '{"limit": 5, "name": "mine"}') \g /dev/null
\connect - attack_app
SET app.tenant_id = :'me';
CREATE FUNCTION play.configured() RETURNS int LANGUAGE sql STABLE AS $$ SELECT tenant.config('limit')::int $$;
PREPARE p AS SELECT count(*) FROM shop.customers WHERE id <= tenant.config('limit')::int;
BEGIN;
DECLARE c CURSOR FOR SELECT tenant.config('name') #>> '{}' AS name FROM shop.customers ORDER BY id;
FETCH c \gset
COMMIT;
SELECT 'control ok' FROM shop.customers WHERE id <= play.configured() AND :'name' = 'mine' HAVING count(*) = 5;
