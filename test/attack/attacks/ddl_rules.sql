-- Rules of one's own, and a superuser's, that read or write elsewhere.
\set ON_ERROR_ROLLBACK on
BEGIN;
INSERT INTO shop.super_ruled VALUES ('x');
TABLE shop.spill;
CREATE TABLE play.ruled (line text);
CREATE RULE spy AS ON INSERT TO play.ruled DO ALSO INSERT INTO shop.spill SELECT i::text FROM shop.items i;
INSERT INTO play.ruled VALUES ('x');
TABLE shop.spill;
ROLLBACK;
DELETE FROM shop.super_ruled;
