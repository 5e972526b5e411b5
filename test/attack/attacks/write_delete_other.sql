-- DELETE of another tenant's rows.
DELETE FROM shop.customers WHERE tenant_id = :'other' RETURNING *;
DELETE FROM shop.orders USING shop.countries WHERE orders.id > 20 RETURNING *;
DELETE FROM shop.orders_2025 WHERE tenant_id <> :'me';
DELETE FROM ONLY shop.notes WHERE id > 20;
DELETE FROM shop.urgent_notes WHERE id > 120;
