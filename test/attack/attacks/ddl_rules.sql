-- as: app owner superuser
-- Rules that read or write elsewhere.
\set ON_ERROR_ROLLBACK on
BEGIN;
CREATE RULE spy AS ON INSERT TO shop.spill DO ALSO SELECT * FROM shop.customers;
INSERT INTO shop.spill VALUES ('x');
CREATE RULE other AS ON UPDATE TO shop.spill DO INSTEAD DELETE FROM shop.customers RETURNING name;
UPDATE shop.spill SET line = 'y' RETURNING *;
ROLLBACK;
