-- Generated, identity and deferred columns and constraints.
INSERT INTO shop.lines (tenant_id, text) VALUES (:'other', 'planted');
INSERT INTO shop.lines OVERRIDING USER VALUE SELECT :'other', 5, 900, NULL, 'planted';
UPDATE shop.lines SET text = 'taken' RETURNING loud;
UPDATE shop.lines SET place = -place, parent = NULL WHERE tenant_id <> :'me';
BEGIN;
SET CONSTRAINTS ALL DEFERRED;
UPDATE shop.lines SET place = 1, parent = 33 WHERE id > 15 RETURNING *;
COMMIT;
