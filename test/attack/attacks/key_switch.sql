-- as: app owner superuser
-- A pool that changes tenants in mid-transaction, with a deferred key: another tenant's row comes to be what a row references.
BEGIN;
SET CONSTRAINTS ALL DEFERRED;
INSERT INTO shop.photos (id, album_id) VALUES (901, 701);
SET LOCAL app.tenant_id = :'other';
INSERT INTO shop.albums (id, tenant_id, title) VALUES (701, :'other', 'mine');
COMMIT;
SELECT shop.found(true) FROM shop.photos WHERE album_id = 701;
