-- as: superuser
-- row_security = off shows a superuser all tenants.
SET row_security = off;
SELECT 'control ok' FROM shop.customers HAVING count(*) = 100;
