-- as: superuser/none bypass/none
-- No tenant is needed under row_security = off.
SET row_security = off;
SELECT 'control ok' FROM shop.customers c JOIN shop.super_view v USING (tenant_id, id) HAVING count(*) = 100;
