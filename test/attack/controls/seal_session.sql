-- as: app owner superuser
-- A pool's connection, sealed for one tenant after another.
SELECT tenant.seal(true) AS token \gset
SELECT * FROM shop.customers \g /dev/null
SELECT tenant.unseal(:'token') \g /dev/null
SET app.tenant_id = :'other';
SELECT tenant.seal(true) AS token \gset
SELECT tenant.unseal(:'token') \g /dev/null
SET app.tenant_id = :'me';
SELECT 'control ok' FROM shop.customers HAVING count(*) = 20;
