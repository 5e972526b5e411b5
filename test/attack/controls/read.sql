-- as: app owner superuser
-- The tenant's own rows.
SELECT 'control ok' FROM shop.customers HAVING count(*) = 20;
