-- as: app owner superuser none
-- A table that is nobody's needs no tenant.
SELECT 'control ok' FROM shop.countries HAVING count(*) = 2;
