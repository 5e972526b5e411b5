-- as: app owner superuser
-- A superuser's function writes the tenant's rows, as many as there are.
SELECT 'control ok' WHERE shop.super_update() = 20;
