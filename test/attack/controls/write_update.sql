-- as: app owner superuser
-- UPDATE reaches the tenant's rows.
WITH u AS (UPDATE shop.customers SET balance = 7 RETURNING 1) SELECT 'control ok' FROM u HAVING count(*) = 20;
