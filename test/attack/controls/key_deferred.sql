-- as: app owner superuser
-- errors: 1
-- Deferrable constraints: places exchanged, a parent after its child, and one that never comes.
UPDATE shop.lines SET place = 21 - place;
BEGIN;
SET CONSTRAINTS ALL DEFERRED;
INSERT INTO shop.lines (id, place, parent, text) VALUES (501, 501, 500, 'child');
INSERT INTO shop.lines (id, place, text) VALUES (500, 500, 'parent');
SET CONSTRAINTS ALL IMMEDIATE;
COMMIT;
BEGIN;
SET CONSTRAINTS ALL DEFERRED;
INSERT INTO shop.lines (id, place, parent) VALUES (502, 502, 999);
COMMIT;
SELECT 'control ok' FROM shop.lines HAVING count(*) = 22 AND sum(place) = 210 + 1001 AND max(id) = 501;
