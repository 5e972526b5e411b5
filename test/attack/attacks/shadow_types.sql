-- Types, casts and operators classes of one's own in front of the real ones, and our own names taken.
CREATE DOMAIN play.uuid AS text;
CREATE FUNCTION play.nullif(anyelement, anyelement) RETURNS anyelement LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION play.own_row_uuid(uuid, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE FUNCTION play.current_id() RETURNS text LANGUAGE sql AS $$SELECT 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'$$;
CREATE FUNCTION pg_temp.uuid_eq(uuid, uuid) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR play.= (FUNCTION = pg_temp.uuid_eq, LEFTARG = uuid, RIGHTARG = uuid);
SET search_path = pg_temp, play, shop, pg_catalog, tenant;
SELECT * FROM customers;
COPY customers FROM STDIN;
bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb	901	planted	x	1
\.
COPY customers TO STDOUT;
SELECT * FROM super_view JOIN customers USING (tenant_id);
CREATE TEMP TABLE copies (LIKE customers INCLUDING ALL);
SELECT * FROM shop.super_definer();
