-- as: owner superuser
-- A check may be left out where the row keeps its tenant: not where a trigger of a partition, a child or a later day changes it.
\set ON_ERROR_ROLLBACK on
CREATE FUNCTION play.give() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.tenant_id := 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'; RETURN NEW; END$$;
BEGIN;
PREPARE into_orders AS INSERT INTO shop.orders (id, day, item) VALUES (901, '2026-02-02', 'planted');
PREPARE into_customers AS INSERT INTO shop.customers (id, name) VALUES (902, 'planted');
PREPARE to_customers AS UPDATE shop.customers SET name = 'planted' WHERE id = 2;
PREPARE to_notes AS UPDATE shop.notes SET body = 'planted' WHERE id > 100;
EXECUTE into_orders;
EXECUTE into_customers;
EXECUTE to_customers;
EXECUTE to_notes;
ROLLBACK;
BEGIN;
CREATE TRIGGER give BEFORE INSERT OR UPDATE ON shop.orders_2026 FOR EACH ROW EXECUTE FUNCTION play.give();
CREATE TRIGGER give BEFORE INSERT OR UPDATE ON shop.urgent_notes FOR EACH ROW EXECUTE FUNCTION play.give();
CREATE TRIGGER give BEFORE INSERT OR UPDATE ON shop.customers FOR EACH ROW EXECUTE FUNCTION play.give();
CREATE TRIGGER give BEFORE INSERT OR UPDATE ON shop.lines FOR EACH ROW WHEN (NEW.id > 0) EXECUTE FUNCTION play.give();
CREATE TRIGGER give BEFORE UPDATE OF title ON shop.albums FOR EACH ROW EXECUTE FUNCTION play.give();
COMMIT;
EXECUTE into_orders;
EXECUTE into_customers;
EXECUTE to_customers;
EXECUTE to_notes;
INSERT INTO shop.orders (id, day, item) VALUES (903, '2026-02-02', 'planted');
INSERT INTO shop.orders_2026 (id, day, item) VALUES (904, '2026-02-02', 'planted');
INSERT INTO shop.orders (id, day, item) SELECT 905 + g, '2026-02-02', 'planted' FROM generate_series(1, 3) g;
UPDATE shop.orders SET item = 'planted' WHERE day >= '2026-01-01';
UPDATE shop.orders SET day = '2026-03-03' WHERE day < '2026-01-01';
UPDATE shop.notes SET body = 'planted';
UPDATE shop.urgent_notes SET deadline = 'planted';
INSERT INTO shop.customers (id, name) VALUES (2, 'planted') ON CONFLICT (tenant_id, id) DO UPDATE SET name = 'planted';
UPDATE shop.super_view SET name = 'planted';
UPDATE shop.lines SET text = 'planted';
INSERT INTO shop.lines (text) VALUES ('planted');
UPDATE shop.albums SET title = 'planted';
MERGE INTO shop.orders o USING (VALUES (906)) v (id) ON o.id = v.id WHEN NOT MATCHED THEN INSERT (id, day, item) VALUES (906, '2026-02-02', 'planted');
MERGE INTO shop.customers c USING (VALUES (2)) v (id) ON c.id = v.id WHEN MATCHED THEN UPDATE SET name = 'planted';
