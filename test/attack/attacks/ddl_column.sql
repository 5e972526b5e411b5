-- as: app owner superuser
-- The tenant column renamed, dropped, made nullable, without default.
\set ON_ERROR_ROLLBACK on
BEGIN;
ALTER TABLE shop.customers RENAME tenant_id TO was;
SELECT * FROM shop.customers;
ALTER TABLE shop.items DROP COLUMN tenant_id CASCADE;
SELECT * FROM shop.items;
ALTER TABLE shop.notes ALTER tenant_id DROP NOT NULL, ALTER tenant_id SET DEFAULT 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb';
INSERT INTO shop.notes (id) VALUES (901) RETURNING shop.found(tenant_id IS DISTINCT FROM 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
ROLLBACK;
