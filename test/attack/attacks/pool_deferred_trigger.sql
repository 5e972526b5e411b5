-- as: app owner superuser
-- A deferred trigger that fires after a switch tells the row of the tenant before.
BEGIN;
SET LOCAL app.tenant_id = :'other';
INSERT INTO shop.orders (id, day, item) VALUES (905, '2026-05-05', 'told ' || 'CAN' || 'ARY');
SET LOCAL app.tenant_id = :'me';
COMMIT;
