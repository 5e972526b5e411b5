-- as: app owner superuser
-- Cursors opened by another tenant in the same transaction.
BEGIN;
SET LOCAL app.tenant_id = :'other';
DECLARE c SCROLL CURSOR FOR SELECT * FROM shop.customers;
MOVE 5 IN c;
DECLARE d CURSOR FOR SELECT * FROM shop.super_view;
SET LOCAL app.tenant_id = :'me';
SAVEPOINT s;
FETCH ALL FROM c;
ROLLBACK TO s;
FETCH BACKWARD 2 FROM c;
ROLLBACK TO s;
FETCH 3 FROM d;
COMMIT;
