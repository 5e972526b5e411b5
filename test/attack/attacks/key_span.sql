-- A reference to another tenant's row by a key that does not pair the tenant columns, in every way to write one.
INSERT INTO shop.photos (id, album_id) VALUES (901, 987650007);
INSERT INTO shop.photos (id, album_id) VALUES (902, 101) ON CONFLICT (id) DO UPDATE SET album_id = 987650007;
INSERT INTO shop.photos (id, album_id) VALUES (902, 101) ON CONFLICT (id) DO UPDATE SET album_id = 987650007;
UPDATE shop.photos SET album_id = 987650007 WHERE id = 101;
MERGE INTO shop.photos p USING (VALUES (102), (903)) v (id) ON p.id = v.id WHEN MATCHED THEN UPDATE SET album_id = 987650007
	WHEN NOT MATCHED THEN INSERT (id, album_id) VALUES (v.id, 987650007);
\copy shop.photos (id, album_id) FROM PROGRAM 'echo 904 $((987650 * 1000 + 7))' (DELIMITER ' ')
BEGIN;
SET CONSTRAINTS ALL DEFERRED;
INSERT INTO shop.photos (id, album_id) VALUES (905, 987650007);
COMMIT;
SELECT shop.found(true) FROM shop.photos WHERE album_id = 987650007 AND tenant_id = :'me' LIMIT 1;
