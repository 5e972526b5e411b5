-- The tenant changed while COPY FROM reads its rows: by a condition, by a trigger.
BEGIN;
COPY shop.notes FROM STDIN WHERE set_config('app.tenant_id', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', true) IS NOT NULL;
aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa	901	mine
bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb	902	planted
\.
COMMIT;
BEGIN;
COPY shop.notes (id, body) FROM STDIN WHERE id > 0 OR set_config('app.tenant_id', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', true) IS NULL;
-1	turns
903	mine still
\.
ROLLBACK;
CREATE FUNCTION play.turn() RETURNS trigger LANGUAGE plpgsql AS
	$$BEGIN PERFORM set_config('app.tenant_id', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', false); RETURN NEW; END$$;
CREATE TRIGGER turn BEFORE INSERT ON shop.notes FOR EACH ROW EXECUTE FUNCTION play.turn();
COPY shop.notes FROM STDIN;
aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa	904	mine
bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb	905	planted
\.
DROP TRIGGER turn ON shop.notes;
