-- as: app owner superuser
-- Keys that do not know of tenants: references and actions within the tenant.
INSERT INTO shop.albums (id) VALUES (701), (702);
INSERT INTO shop.photos (id, album_id) VALUES (701, 701), (702, 702), (703, NULL);
UPDATE shop.photos SET album_id = 702 WHERE id = 703;
UPDATE shop.albums SET id = 704 WHERE id = 702;
DELETE FROM shop.albums WHERE id = 701;
BEGIN;
SET CONSTRAINTS ALL DEFERRED;
INSERT INTO shop.photos (id, album_id) VALUES (705, 705);
INSERT INTO shop.albums (id) VALUES (705);
COMMIT;
SELECT 'control ok' FROM shop.photos WHERE id BETWEEN 700 AND 710 HAVING string_agg(id || '/' || album_id, ',' ORDER BY id) = '702/704,703/704,705/705';
