-- as: app owner superuser
-- The schema renamed, the table turned into a view, retyped, detached from its storage.
\set ON_ERROR_ROLLBACK on
BEGIN;
ALTER SCHEMA shop RENAME TO store;
SELECT * FROM store.customers;
ALTER SCHEMA store RENAME TO shop;
ALTER TABLE shop.items SET UNLOGGED;
SELECT * FROM shop.items;
ALTER TABLE shop.notes ALTER tenant_id TYPE text;
SELECT * FROM shop.notes;
CREATE RULE "_RETURN" AS ON SELECT TO shop.items DO INSTEAD SELECT * FROM shop.items;
SELECT * FROM shop.items;
ROLLBACK;
