-- as: app owner superuser
-- Two-phase commit across a switch: deferred triggers, and rows planted by the tenant before.
BEGIN;
SET LOCAL app.tenant_id = :'other';
INSERT INTO shop.orders (id, day, item) VALUES (905, '2026-05-05', 'told ' || 'CAN' || 'ARY');
SET LOCAL app.tenant_id = :'me';
PREPARE TRANSACTION 'attack';
ROLLBACK PREPARED 'attack';
