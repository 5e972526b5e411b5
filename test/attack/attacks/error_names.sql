-- Errors quote the value: names of objects, settings, formats.
SELECT id FROM shop.customers WHERE tenant_id <> :'me' AND secret::regclass IS NULL;
SELECT id FROM shop.customers WHERE tenant_id <> :'me' AND current_setting(secret) IS NULL;
SELECT id FROM shop.customers WHERE tenant_id <> :'me' AND to_regtype(secret) IS NULL AND secret::regtype IS NULL;
SELECT id FROM shop.customers WHERE tenant_id <> :'me' AND to_date(secret, 'YYYY') IS NULL;
