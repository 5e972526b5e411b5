-- as: app owner superuser
-- SET LOCAL, savepoints and errors: the tenant is the one before.
BEGIN;
SAVEPOINT s;
SET LOCAL app.tenant_id = :'other';
ROLLBACK TO s;
SELECT * FROM shop.customers;
SELECT set_config('app.tenant_id', :'other', true);
COMMIT;
SELECT * FROM shop.customers;
BEGIN;
SET app.tenant_id = :'other';
SELECT 1 / 0;
ROLLBACK;
SELECT * FROM shop.customers;
