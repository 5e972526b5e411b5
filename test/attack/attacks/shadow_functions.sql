-- Functions and operators of one's own in front of the real ones (pgrls SEC015).
CREATE FUNCTION pg_temp.current_setting(text, boolean) RETURNS text LANGUAGE sql AS $$SELECT 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'$$;
CREATE FUNCTION play.always(uuid, uuid) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR play.= (FUNCTION = play.always, LEFTARG = uuid, RIGHTARG = uuid);
CREATE FUNCTION play.current_uuid() RETURNS uuid LANGUAGE sql AS $$SELECT 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'::uuid$$;
SET search_path = pg_temp, play, tenant, shop, pg_catalog;
SELECT * FROM customers WHERE tenant_id = tenant_id;
SELECT * FROM shop.super_sql();
DROP OPERATOR play.= (uuid, uuid);
DROP FUNCTION play.always, play.current_uuid;
