-- as: app owner superuser
-- The tenant changed between fetches (OWN 6.4).
BEGIN;
DECLARE c CURSOR FOR SELECT * FROM shop.customers;
FETCH 1 FROM c;
SET LOCAL app.tenant_id = :'other';
FETCH ALL FROM c;
ROLLBACK;
