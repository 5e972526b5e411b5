-- A partition named directly (OWN).
SELECT * FROM shop.orders_2025;
SELECT * FROM shop.orders_2026;
SELECT a.* FROM shop.orders_2025 a JOIN shop.orders_2026 b ON true WHERE b.tenant_id <> :'me';
