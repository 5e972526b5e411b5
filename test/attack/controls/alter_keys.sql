-- as: owner superuser
-- What an owner does to keys: add, validate, defer, rename, drop.
ALTER TABLE shop.photos ADD COLUMN cover int;
ALTER TABLE shop.photos ADD CONSTRAINT cover FOREIGN KEY (cover) REFERENCES shop.albums NOT VALID;
ALTER TABLE shop.photos VALIDATE CONSTRAINT cover;
ALTER TABLE shop.photos ALTER CONSTRAINT cover DEFERRABLE;
ALTER TABLE shop.photos RENAME CONSTRAINT cover TO front;
INSERT INTO shop.photos (id, cover) VALUES (701, 101);
ALTER TABLE shop.photos DROP CONSTRAINT front;
SELECT 'control ok' FROM shop.photos WHERE id = 701;
