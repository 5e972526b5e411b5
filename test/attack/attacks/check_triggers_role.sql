-- as: superuser
-- Triggers that are disabled when the statement is planned, and fire when it runs; rules; partitions attached after the plan.
\set ON_ERROR_ROLLBACK on
CREATE FUNCTION play.give() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.tenant_id := 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'; RETURN NEW; END$$;
CREATE TRIGGER give BEFORE INSERT OR UPDATE ON shop.customers FOR EACH ROW EXECUTE FUNCTION play.give();
SET row_security = off;
ALTER TABLE shop.customers ENABLE REPLICA TRIGGER give;
RESET row_security;
PREPARE i AS INSERT INTO shop.customers (id, name) VALUES (902, 'planted');
PREPARE u AS UPDATE shop.customers SET name = 'planted' WHERE id = 2;
PREPARE o AS INSERT INTO shop.orders (id, day, item) VALUES (901, '2027-02-02', 'planted');
SET plan_cache_mode = force_generic_plan;
EXPLAIN EXECUTE i \g /dev/null
EXPLAIN EXECUTE u \g /dev/null
EXPLAIN EXECUTE o \g /dev/null
SET session_replication_role = replica;
EXECUTE i;
EXECUTE u;
INSERT INTO shop.customers (id, name) VALUES (903, 'planted');
RESET session_replication_role;
CREATE TABLE play.orders_2027 (item text, price int, customer_id int, day date NOT NULL, id int NOT NULL, tenant_id uuid NOT NULL DEFAULT tenant.current_uuid());
ALTER TABLE play.orders_2027 OWNER TO attack_owner;
CREATE TRIGGER give BEFORE INSERT OR UPDATE ON play.orders_2027 FOR EACH ROW EXECUTE FUNCTION play.give();
SET row_security = off;
ALTER TABLE shop.orders ATTACH PARTITION play.orders_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
RESET row_security;
EXECUTE o;
INSERT INTO shop.orders (id, day, item) VALUES (904, '2027-02-02', 'planted');
UPDATE shop.orders SET day = '2027-02-02' WHERE id = 3;
