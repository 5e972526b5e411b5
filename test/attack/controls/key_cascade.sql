-- as: app owner superuser
-- errors: 1
-- Cascades within the tenant, and a reference to nothing.
UPDATE shop.customers SET id = id + 100;
DELETE FROM shop.customers WHERE id > 115;
INSERT INTO shop.orders (id, day, customer_id) VALUES (500, '2026-02-02', 1);
INSERT INTO shop.orders (id, day, customer_id) VALUES (501, '2026-02-02', 101);
SELECT 'control ok' FROM shop.orders WHERE customer_id BETWEEN 101 AND 115 HAVING count(*) = 16 AND (SELECT count(*) FROM shop.orders) = 16;
