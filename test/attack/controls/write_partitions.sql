-- as: app owner superuser
-- Rows inserted through the parent and directly, and moved between partitions.
INSERT INTO shop.orders (id, day) VALUES (500, '2025-02-02');
INSERT INTO shop.orders_2026 (id, day) VALUES (501, '2026-02-02');
UPDATE shop.orders SET day = '2026-03-03' WHERE id = 500;
SELECT 'control ok' FROM shop.orders_2026 WHERE id >= 500 HAVING count(*) = 2;
