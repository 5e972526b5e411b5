-- as: app owner superuser
-- MERGE updates and inserts.
MERGE INTO shop.items i USING generate_series(20, 22) g ON i.id = g WHEN MATCHED THEN UPDATE SET price = 1 WHEN NOT MATCHED THEN INSERT (id, price) VALUES (g, 1);
SELECT 'control ok' FROM shop.items WHERE price = 1 HAVING count(*) = 3;
