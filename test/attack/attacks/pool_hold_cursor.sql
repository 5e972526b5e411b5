-- as: app owner superuser
-- A cursor WITH HOLD left by the tenant before, in a pool (OWN 6.4).
SET app.tenant_id = :'other';
DECLARE c SCROLL CURSOR WITH HOLD FOR SELECT * FROM shop.customers;
SET app.tenant_id = :'me';
FETCH ALL FROM c;
FETCH ABSOLUTE 2 FROM c;
FETCH BACKWARD ALL FROM c;
