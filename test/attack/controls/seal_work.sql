-- as: app owner superuser
-- A sealed transaction works, and the next one is free.
BEGIN;
SELECT tenant.seal() \g /dev/null
UPDATE shop.customers SET balance = balance + 0;
SAVEPOINT s;
INSERT INTO shop.notes (id, body) VALUES (1000, 'sealed');
ROLLBACK TO s;
COMMIT;
SET app.tenant_id = :'other';
RESET app.tenant_id;
SET app.tenant_id = :'me';
SELECT 'control ok' FROM shop.customers WHERE tenant_id = :'me' HAVING count(*) = 20;
