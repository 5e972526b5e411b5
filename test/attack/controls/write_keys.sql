-- as: app owner superuser
-- Keys of one tenant do not collide with another's; references find the tenant's rows.
INSERT INTO shop.customers (id) VALUES (30);
INSERT INTO shop.orders (id, day, customer_id) VALUES (500, '2026-02-02', 30);
SELECT 'control ok' FROM shop.orders JOIN shop.customers c ON c.id = customer_id WHERE customer_id = 30;
