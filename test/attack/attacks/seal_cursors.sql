-- as: app owner superuser
-- Cursors from before the seal.
SET app.tenant_id = :'other';
BEGIN;
DECLARE held CURSOR WITH HOLD FOR SELECT * FROM shop.customers;
COMMIT;
BEGIN;
DECLARE open SCROLL CURSOR FOR SELECT * FROM shop.customers;
MOVE 2 IN open;
SET LOCAL app.tenant_id = :'me';
SELECT tenant.seal(true) \g /dev/null
SET app.tenant_id = :'other';
SAVEPOINT s;
FETCH ALL FROM open;
ROLLBACK TO s;
FETCH ALL FROM held;
COMMIT;
SET app.tenant_id = :'other';
FETCH ALL FROM held;
