-- as: app owner superuser
-- Joins, sub-selects and aggregates over several tables.
SELECT 'control ok' FROM shop.customers c JOIN shop.orders o ON o.customer_id = c.id JOIN shop.items i ON i.id = c.id
	LEFT JOIN shop.notes n ON n.id = c.id WHERE EXISTS (SELECT FROM shop.countries) HAVING count(*) = 20 AND count(n.id) = 20;
