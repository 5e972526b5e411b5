-- as: superuser
-- A cursor of all tenants for who goes on seeing them.
SET row_security = off;
BEGIN;
DECLARE c SCROLL CURSOR WITH HOLD FOR SELECT id FROM shop.customers;
MOVE 1 FROM c;
COMMIT;
MOVE ALL FROM c;
MOVE ABSOLUTE 0 FROM c;
SELECT CASE WHEN count(*) > 20 THEN 'control ok' END FROM shop.customers;
