-- as: owner superuser
-- A rule that logs which rows a cascade has removed.
CREATE RULE log AS ON DELETE TO shop.photos DO ALSO INSERT INTO shop.spill SELECT OLD.id || ' of ' || (SELECT count(*) FROM shop.photos);
DELETE FROM shop.albums WHERE id = 105;
SELECT 'control ok' FROM shop.spill WHERE line = '105 of 20';
