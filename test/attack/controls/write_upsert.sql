-- as: app owner superuser
-- ON CONFLICT updates and inserts.
INSERT INTO shop.customers (id, name) SELECT g, 'upserted' FROM generate_series(19, 22) g ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name;
SELECT 'control ok' FROM shop.customers WHERE name = 'upserted' HAVING count(*) = 4;
