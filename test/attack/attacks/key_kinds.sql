-- as: owner superuser
-- Keys that end and begin to be enforced, and keys over periods, both from 18 on; before, a key that is replaced. Undone.
SELECT current_setting('server_version_num')::int >= 180000 AS modern \gset
\set ON_ERROR_ROLLBACK on
BEGIN;
\if :modern
ALTER TABLE shop.photos ADD COLUMN cover int CONSTRAINT cover REFERENCES shop.albums NOT ENFORCED;
ALTER TABLE shop.photos ALTER CONSTRAINT cover ENFORCED;
ALTER TABLE shop.photos ALTER CONSTRAINT photos_album_id_fkey NOT ENFORCED;
ALTER TABLE shop.photos ALTER CONSTRAINT photos_album_id_fkey ENFORCED;
CREATE TABLE shop.rooms (tenant_id uuid NOT NULL, id int4range, valid daterange, PRIMARY KEY (id, valid WITHOUT OVERLAPS));
CREATE TABLE shop.stays (tenant_id uuid NOT NULL, id int4range, valid daterange, FOREIGN KEY (id, PERIOD valid) REFERENCES shop.rooms);
SELECT tenant.protect('shop.rooms'), tenant.protect('shop.stays');
SET LOCAL app.tenant_id = :'other';
INSERT INTO shop.rooms (id, valid) VALUES ('[7,8)', '[2026-01-01,2026-02-01)');
SET LOCAL app.tenant_id = :'me';
INSERT INTO shop.stays (id, valid) VALUES ('[7,8)', '[2026-01-10,2026-01-20)');
SELECT shop.found(true) FROM shop.stays;
\else
ALTER TABLE shop.photos DROP CONSTRAINT photos_album_id_fkey, ADD COLUMN cover int REFERENCES shop.albums;
ALTER TABLE shop.photos ADD CONSTRAINT photos_album_id_fkey FOREIGN KEY (album_id) REFERENCES shop.albums;
\endif
INSERT INTO shop.photos (id, cover) VALUES (901, 987650007);
INSERT INTO shop.photos (id, album_id) VALUES (902, 987650007);
SELECT shop.found(true) FROM shop.photos WHERE id IN (901, 902);
ROLLBACK;
