-- as: app owner superuser
-- The tenant changed by what else an INSERT evaluates: another column, a sub-select, a trigger, a function that RETURNING calls.
INSERT INTO shop.notes (body, tenant_id, id) SELECT set_config('app.tenant_id', :'other', true), :'other'::uuid, 901;
INSERT INTO shop.notes (body, id) VALUES (set_config('app.tenant_id', :'other', true), 902) RETURNING shop.found(tenant_id <> :'me');
CREATE FUNCTION play.switch() RETURNS trigger LANGUAGE plpgsql AS
	$$BEGIN PERFORM set_config('app.tenant_id', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', true); NEW.tenant_id := 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'; RETURN NEW; END$$;
CREATE TRIGGER a_switch BEFORE INSERT OR UPDATE ON shop.items FOR EACH ROW EXECUTE FUNCTION play.switch();
INSERT INTO shop.items (id) VALUES (903);
UPDATE shop.items SET price = 1;
