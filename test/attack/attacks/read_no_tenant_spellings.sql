-- as: none owner/none superuser/none
-- Everything that may look like a tenant, or like all of them.
SELECT set_config('app.tenant_id', t, false), (SELECT max(name) FROM shop.customers) FROM (VALUES (''), ('%'), ('*'), ('NULL'), ('0')) v (t);
SET app.tenant_id = '%';
SELECT * FROM shop.customers;
SET app.tenant_id = '';
SELECT * FROM shop.customers;
RESET app.tenant_id;
SELECT * FROM shop.customers;
SET app.tenant_id TO DEFAULT;
SELECT * FROM shop.customers;
DISCARD ALL;
SELECT * FROM shop.customers;
UPDATE shop.customers SET name = 'taken' RETURNING *;
COPY shop.items TO STDOUT;
TRUNCATE shop.notes;
