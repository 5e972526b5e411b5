-- as: app owner superuser
-- A deferred trigger without a switch.
BEGIN;
INSERT INTO shop.orders (id, day, item) VALUES (500, '2026-02-02', 'told');
COMMIT;
SELECT 'control ok' FROM shop.orders WHERE id = 500;
