-- as: superuser
-- Cursors of all tenants, read after the right to see them is gone.
BEGIN;
SET LOCAL row_security = off;
DECLARE c CURSOR FOR SELECT * FROM shop.customers;
DECLARE d CURSOR FOR SELECT * FROM shop.super_view;
SET LOCAL row_security = on;
SAVEPOINT s;
FETCH ALL FROM c;
ROLLBACK TO s;
SET LOCAL ROLE attack_app;
FETCH ALL FROM d;
ROLLBACK;
BEGIN;
SET LOCAL row_security = off;
DECLARE held CURSOR WITH HOLD FOR SELECT * FROM shop.customers;
COMMIT;
FETCH ALL FROM held;
SET ROLE attack_app;
FETCH ALL FROM held;
