-- UPDATE of another tenant's rows, by every way to name them.
UPDATE shop.customers SET name = 'taken' WHERE tenant_id = :'other' RETURNING *;
UPDATE shop.customers SET name = 'taken' WHERE tenant_id <> :'me' OR id > 20;
UPDATE shop.orders SET item = 'taken' FROM shop.countries WHERE id > 20;
UPDATE shop.urgent_notes SET deadline = 'taken' WHERE id > 120;
