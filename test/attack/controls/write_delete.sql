-- as: app owner superuser
-- DELETE reaches the tenant's rows, and cascades to their orders.
DELETE FROM shop.customers;
SELECT 'control ok' FROM shop.orders HAVING count(*) = 0;
