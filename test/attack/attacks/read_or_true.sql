-- A condition that is always true.
SELECT * FROM shop.customers WHERE true OR tenant_id = :'me';
