-- The other tenant, by its id.
SELECT * FROM shop.customers WHERE tenant_id = :'other';
SELECT * FROM shop.orders WHERE tenant_id IN (:'other', :'third');
SELECT * FROM shop.items WHERE tenant_id <> :'me';
