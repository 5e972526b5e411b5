-- The same in the statements of a cascade, which run without policies.
CREATE FUNCTION play.give() RETURNS trigger LANGUAGE plpgsql AS
	$$BEGIN NEW.tenant_id := 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'; NEW.id := NEW.id + 700; RETURN NEW; END$$;
CREATE TRIGGER a_give BEFORE UPDATE ON shop.orders_2026 FOR EACH ROW EXECUTE FUNCTION play.give();
CREATE TRIGGER a_give BEFORE UPDATE ON shop.orders_2025 FOR EACH ROW EXECUTE FUNCTION play.give();
UPDATE shop.customers SET id = id + 20;
