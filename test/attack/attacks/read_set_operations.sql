-- EXCEPT and INTERSECT.
SELECT name FROM shop.customers EXCEPT SELECT name FROM shop.customers WHERE tenant_id = :'me';
SELECT id, secret FROM shop.customers INTERSECT SELECT id, secret FROM shop.customers;
