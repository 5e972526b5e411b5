-- as: app owner superuser
-- The same with SET CONSTRAINTS.
BEGIN;
SET LOCAL app.tenant_id = :'other';
INSERT INTO shop.orders (id, day, item) VALUES (905, '2026-05-05', 'told ' || 'CAN' || 'ARY');
SET LOCAL app.tenant_id = :'me';
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK;
