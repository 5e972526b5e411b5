-- as: app owner superuser
-- The table renamed, moved, given away.
\set ON_ERROR_ROLLBACK on
BEGIN;
ALTER TABLE shop.customers RENAME TO clients;
SELECT * FROM shop.clients;
ALTER TABLE shop.clients SET SCHEMA play;
SELECT * FROM play.clients;
ALTER TABLE shop.items OWNER TO attack_app;
SELECT * FROM shop.items;
ROLLBACK;
