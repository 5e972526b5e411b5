-- A BEFORE ROW trigger of one's own moves the rows of a COPY FROM to another tenant.
BEGIN;
CREATE FUNCTION play.plant() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.tenant_id := 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'; RETURN NEW; END$$;
CREATE TRIGGER plant BEFORE INSERT ON shop.customers FOR EACH ROW EXECUTE FUNCTION play.plant();
CREATE TRIGGER plant BEFORE INSERT ON shop.orders_2026 FOR EACH ROW EXECUTE FUNCTION play.plant();
COMMIT;
COPY shop.customers (id, name) FROM STDIN;
901	planted
\.
COPY shop.orders (id, day, item) FROM STDIN;
901	2025-03-03	mine
902	2026-03-03	planted
\.
COPY shop.orders_2026 (id, day, item) FROM STDIN;
903	2026-03-03	planted
\.
DROP TRIGGER plant ON shop.customers;
DROP TRIGGER plant ON shop.orders_2026;
