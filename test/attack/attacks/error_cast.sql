-- Errors quote the value: casts in WHERE.
SELECT id FROM shop.customers WHERE name::int > 0 AND tenant_id <> :'me';
SELECT id FROM shop.customers WHERE tenant_id = :'other' AND secret::uuid IS NULL;
SELECT id FROM shop.orders WHERE item LIKE '%-other-%' AND item::timestamp IS NULL;
SELECT id FROM shop.notes WHERE body LIKE '%-other-%' AND body::jsonb IS NULL;
SELECT id FROM shop.urgent_notes WHERE tenant_id <> :'me' AND deadline::inet IS NULL;
