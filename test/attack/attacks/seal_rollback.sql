-- as: app owner superuser
-- Sealed after a savepoint that is rolled back, over a tenant that then is another.
SET app.tenant_id = :'other';
BEGIN;
SAVEPOINT s;
SET LOCAL app.tenant_id = :'me';
SELECT tenant.seal(true) \g /dev/null
ROLLBACK TO s;
SELECT * FROM shop.customers;
ROLLBACK;
SELECT * FROM shop.customers;
