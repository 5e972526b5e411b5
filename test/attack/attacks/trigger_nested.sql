-- Triggers that a cascade fires read and write by themselves.
BEGIN;
CREATE FUNCTION pg_temp.spy() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE NOTICE '%', (SELECT string_agg(secret, ',') FROM shop.customers);
	UPDATE shop.items SET price = 0; DELETE FROM shop.notes; RETURN OLD; END$$;
CREATE TRIGGER spy BEFORE DELETE ON shop.orders_2025 FOR EACH ROW EXECUTE FUNCTION pg_temp.spy();
DELETE FROM shop.customers WHERE id < 4;
SELECT shop.found(true) FROM shop.items WHERE tenant_id <> :'me' AND price = 0;
COMMIT;
