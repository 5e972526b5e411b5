-- as: app owner superuser
-- A pool in transaction mode: SET LOCAL by one tenant after another, with errors and DISCARD ALL between.
BEGIN;
SET LOCAL app.tenant_id = :'other';
SELECT count(*) AS n FROM shop.customers \gset other_
INSERT INTO shop.notes (id) VALUES (900);
ROLLBACK;
BEGIN;
SELECT set_config('app.tenant_id', :'third', true) \g /dev/null
SELECT count(*) AS n FROM shop.customers WHERE name LIKE '%third%' \gset third_
COMMIT;
SET app.tenant_id = :'third';
DISCARD ALL;
SELECT 'control ok' FROM shop.customers HAVING count(*) = 20 AND :other_n = 40 AND :third_n = 40 AND (SELECT count(*) FROM shop.notes) = 40;
