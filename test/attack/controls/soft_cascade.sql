-- as: app owner superuser bypass
-- errors: 1
-- What references a marked row is in its way, or goes and comes with it.
INSERT INTO shop.marked (id, parent) VALUES (600, NULL), (601, 600);
DELETE FROM shop.marked WHERE id = 600;
DELETE FROM shop.marked WHERE id = 601;
DELETE FROM shop.marked WHERE id = 600;
SET app.include_deleted = on;
UPDATE shop.marked SET deleted_at = NULL WHERE id IN (600, 601);
SET app.include_deleted = off;
SELECT 'control ok' FROM shop.marked WHERE id IN (600, 601) HAVING count(*) = 2;
