-- Cascades of a key led by the tenant.
UPDATE shop.customers SET id = id + 100;
DELETE FROM shop.customers WHERE id = 105;
DELETE FROM shop.customers WHERE id > 20;
