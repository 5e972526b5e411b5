-- as: app owner superuser
-- Parts taken out, or put below a table that is open.
\set ON_ERROR_ROLLBACK on
BEGIN;
ALTER TABLE shop.orders DETACH PARTITION shop.orders_2025;
SELECT * FROM shop.orders_2025;
ALTER TABLE shop.urgent_notes NO INHERIT shop.notes;
SELECT * FROM shop.urgent_notes;
CREATE TABLE play.open (tenant_id uuid NOT NULL, id int);
ALTER TABLE shop.customers INHERIT play.open;
SELECT c.* FROM play.open o, shop.customers c;
SELECT shop.found(tenant_id <> 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') FROM play.open;
CREATE TABLE play.root (LIKE shop.items) PARTITION BY LIST (id);
ALTER TABLE play.root ATTACH PARTITION shop.items DEFAULT;
SELECT * FROM play.root;
ROLLBACK;
