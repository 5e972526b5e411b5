-- as: app owner superuser
-- A sealed session that may run any SQL.
SELECT tenant.seal(true) AS token \gset
SET app.tenant_id = :'other';
SELECT * FROM shop.customers;
SELECT set_config('app.tenant_id', :'other', false) \g /dev/null
COPY shop.customers TO STDOUT;
UPDATE shop.customers SET balance = 1;
DISCARD ALL;
SELECT set_config('app.tenant_id', :'other', false) \g /dev/null
SELECT * FROM shop.notes;
RESET app.tenant_id;
SELECT * FROM shop.super_definer();
