-- A failing row is quoted: constraints over rows that one must not see.
UPDATE shop.orders SET day = '1999-01-01' WHERE tenant_id <> :'me';
UPDATE shop.customers SET id = NULL WHERE tenant_id = :'other';
UPDATE shop.customers SET tenant_id = NULL WHERE name LIKE '%-other-%';
UPDATE shop.orders SET day = '1999-01-01' WHERE id = 33;
