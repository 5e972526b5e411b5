-- as: owner superuser
-- Rules on the table that a key's cascade changes: what they add runs beside a query that passes policies.
\set ON_ERROR_ROLLBACK on
CREATE FUNCTION play.all_items() RETURNS SETOF shop.items LANGUAGE sql STABLE AS 'SELECT * FROM shop.items';
CREATE FUNCTION play.spy() RETURNS trigger LANGUAGE plpgsql AS
	$$BEGIN NEW.line := concat(NEW.line, (SELECT string_agg(b.title, ' ') FROM shop.albums b)); RETURN NEW; END$$;
BEGIN;
CREATE RULE spy AS ON DELETE TO shop.photos DO ALSO (INSERT INTO shop.spill SELECT p::text FROM shop.photos p;
	INSERT INTO shop.spill SELECT i::text FROM play.all_items() i;
	UPDATE shop.items SET price = 0; DELETE FROM shop.notes; INSERT INTO shop.notes (tenant_id, id, body) SELECT tenant_id, 1, 'planted' FROM shop.customers);
CREATE RULE plant AS ON UPDATE TO shop.photos DO ALSO INSERT INTO shop.notes (tenant_id, id) VALUES (current_setting('shop.other', true)::uuid, 1);
CREATE TRIGGER spy BEFORE INSERT ON shop.spill FOR EACH ROW EXECUTE FUNCTION play.spy();
DELETE FROM shop.albums WHERE id = 101;
TABLE shop.spill;
SELECT set_config('shop.other', :'other', true) \g /dev/null
UPDATE shop.albums SET id = id + 100000 WHERE id = 102;
ROLLBACK;
-- In the place of the cascade, which is an error of the server's own once it has run.
CREATE RULE instead AS ON DELETE TO shop.photos DO INSTEAD UPDATE shop.items SET price = 0 WHERE shop.peek(data);
DO $$ BEGIN DELETE FROM shop.albums WHERE id = 103; EXCEPTION WHEN internal_error THEN RAISE NOTICE 'not cascaded'; END $$;
DROP RULE instead ON shop.photos;
-- A condition is asked in the cascade itself.
CREATE RULE ask AS ON DELETE TO shop.photos WHERE EXISTS (SELECT FROM shop.customers c WHERE c.name LIKE 'CANARY%') DO INSTEAD NOTHING;
DO $$ BEGIN DELETE FROM shop.albums WHERE id = 104; EXCEPTION WHEN internal_error THEN RAISE NOTICE '%', shop.found(true); END $$;
SELECT shop.found(EXISTS (SELECT FROM shop.photos WHERE id = 104) AND NOT EXISTS (SELECT FROM shop.albums WHERE id = 104));
DROP RULE ask ON shop.photos;
