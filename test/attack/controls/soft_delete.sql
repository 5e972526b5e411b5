-- as: app owner superuser bypass
-- errors: 1
-- Marked rows are hidden from whoever reads, DELETE marks, and nothing references a marked row.
SELECT count(*) AS live FROM shop.marked \gset
DELETE FROM shop.marked WHERE id = 19;
INSERT INTO shop.marked (id, parent) VALUES (500, 19);
INSERT INTO shop.marked (id, parent) VALUES (501, 1);
SET app.include_deleted = on;
SELECT count(*) AS known FROM shop.marked \gset
SET app.include_deleted = off;
SELECT 'control ok' FROM shop.marked HAVING count(*) = 10 AND :live = 10 AND :known = 21;
