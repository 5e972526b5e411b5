-- Outer joins, where a condition would go to the wrong side.
SELECT * FROM generate_series(1, 40) g LEFT JOIN shop.customers c ON c.id = g;
SELECT * FROM shop.customers c FULL JOIN shop.items i ON c.id = i.id;
SELECT * FROM shop.items i RIGHT JOIN shop.customers c ON c.id = i.id AND i.tenant_id <> c.tenant_id;
