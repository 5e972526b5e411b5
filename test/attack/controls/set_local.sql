-- as: app owner superuser
-- SET LOCAL ends with its transaction.
BEGIN;
SET LOCAL app.tenant_id = :'other';
SELECT count(*) AS n FROM shop.customers \gset
COMMIT;
SELECT 'control ok' FROM shop.customers HAVING count(*) = 20 AND :n = 40;
