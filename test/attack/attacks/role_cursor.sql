-- as: superuser
-- A cursor opened under row_security = off, over a view and a function, read by another role's tenant.
BEGIN;
SET LOCAL ROLE attack_app;
DECLARE c CURSOR FOR SELECT * FROM shop.super_view;
FETCH ALL FROM c;
SET LOCAL ROLE attack_owner;
SELECT * FROM shop.customers;
COMMIT;
