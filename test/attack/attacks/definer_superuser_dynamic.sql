-- A superuser's function that runs what it is told: reads and writes.
SELECT shop.super_dynamic('SELECT name FROM shop.customers');
SELECT shop.super_dynamic('SELECT body FROM shop.urgent_notes');
SELECT shop.super_dynamic('UPDATE shop.items SET tags = ''{}'' WHERE id = 30 RETURNING data::text');
SELECT shop.super_dynamic('DELETE FROM shop.orders_2026 RETURNING item');
