-- as: app owner superuser
-- Partitions through their parent and directly.
SELECT 'control ok' WHERE (SELECT count(*) FROM shop.orders) = 20
	AND (SELECT count(*) FROM shop.orders_2025) = 11 AND (SELECT count(*) FROM shop.orders_2026) = 9;
