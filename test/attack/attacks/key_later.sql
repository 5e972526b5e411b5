-- as: owner superuser
-- Keys that are added later, and their checks dropped or disabled; undone, since a column that stays is a change.
\set ON_ERROR_ROLLBACK on
BEGIN;
ALTER TABLE shop.photos ADD COLUMN cover int CONSTRAINT cover REFERENCES shop.albums;
ALTER TABLE shop.notes ADD COLUMN album_id int, ADD CONSTRAINT note_album FOREIGN KEY (album_id) REFERENCES shop.albums NOT VALID;
SELECT format('ALTER TABLE %1$s DISABLE TRIGGER %2$I; ALTER TABLE %1$s DISABLE TRIGGER ALL; DROP TRIGGER %2$I ON %1$s; DROP TRIGGER %2$I ON %1$s CASCADE', tgrelid::regclass, tgname)
	FROM pg_trigger WHERE tgname ~ '^tenant_check' AND tgrelid::regclass::text ~ '^shop' \gexec
INSERT INTO shop.photos (id, cover) VALUES (901, 987650007);
INSERT INTO shop.photos (id, album_id) VALUES (902, 987650007);
INSERT INTO shop.notes (id, album_id) VALUES (903, 987650007);
SELECT shop.found(true) FROM shop.photos WHERE (cover = 987650007 OR album_id = 987650007) AND tenant_id = :'me' LIMIT 1;
SELECT shop.found(true) FROM shop.notes WHERE album_id = 987650007;
ROLLBACK;
