-- Rows moved to another partition and tenant at once.
UPDATE shop.orders SET day = day + 200, tenant_id = :'other' WHERE day < '2026-01-01';
UPDATE shop.orders_2025 SET tenant_id = :'third';
UPDATE shop.orders SET day = '2026-06-06' WHERE tenant_id = :'other' RETURNING *;
