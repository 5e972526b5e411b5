-- What a session of some role, of some tenant or none, sees and may do; all of it is rolled back. Errors are told by their SQLSTATE.
\pset tuples_only on
\pset format unaligned
\set VERBOSITY sqlstate
\set blue 11111111-1111-1111-1111-111111111111
\set red 22222222-2222-2222-2222-222222222222
SET client_min_messages = error;
SELECT format('SELECT %L, string_agg(t::text, '' '' ORDER BY t::text COLLATE "C") FROM %s t', c.oid::regclass, c.oid::regclass)
	FROM pg_class c WHERE relnamespace = 'shop'::regnamespace AND relkind IN ('r', 'p', 'm', 'v', 'f') ORDER BY relname COLLATE "C" \gexec
SELECT 'shop.items_given()', string_agg(t::text, ' ' ORDER BY t::text) FROM shop.items_given() t;
SELECT 'shop.items_given_by_root()', string_agg(t::text, ' ' ORDER BY t::text) FROM shop.items_given_by_root() t;
SELECT 'columns', string_agg(id::text, ' ' ORDER BY id) FROM shop.items;
COPY shop.items (id) TO STDOUT;
SELECT filter FROM tenant.explain_barrier('SELECT FROM shop.items WHERE shop.is_even(id) AND name ~ $$x$$');
SELECT filter FROM tenant.explain_barrier('SELECT FROM shop.items WHERE shop.is_even(id) AND name LIKE $$x$$');
\set ON_ERROR_ROLLBACK on
BEGIN;
INSERT INTO shop.items VALUES (:'red', 9, 'red nine');
INSERT INTO shop.items (id) VALUES (9) RETURNING tenant_id;
INSERT INTO shop.numbered (name) VALUES ('new') RETURNING tenant_id, id, counter, loud;
INSERT INTO shop.orders (id, day, name) VALUES (9, '2026-03-01', 'nine') RETURNING tableoid::regclass, tenant_id;
INSERT INTO shop.split (id, name) VALUES (99, 'new') RETURNING tableoid::regclass, tenant_id;
INSERT INTO shop.own VALUES (7, 20, 'seven');
INSERT INTO shop.child VALUES (8, 9, 'eight nine');
INSERT INTO shop.stock (id, name) VALUES (9, 'nine') RETURNING tenant_id;
INSERT INTO shop.stock VALUES (:'red', 9, 'nine');
UPDATE shop.items SET name = name || '!' RETURNING id, name;
UPDATE shop.grandchild SET name = name || '!' RETURNING id, name;
DELETE FROM shop.orders_2025 RETURNING id, name;
TRUNCATE shop.split;
INSERT INTO shop.photos (id, album) VALUES (9, 1) RETURNING tenant_id;
INSERT INTO shop.photos (id, album) VALUES (10, 3);
INSERT INTO shop.photos (id, next) VALUES (11, 3);
INSERT INTO shop.photos (id, fixed) VALUES (12, 3);
INSERT INTO shop.loose (id, album) VALUES (9, 3);
UPDATE shop.albums SET id = 50 WHERE id = 1;
DELETE FROM shop.countries WHERE code = 'de';
DELETE FROM shop.photos WHERE id < 3 RETURNING id;
-- What an owner does.
CREATE TABLE shop.orders_2027 PARTITION OF shop.orders FOR VALUES FROM ('2028-01-01') TO ('2029-01-01');
SELECT count(*) FROM shop.orders_2027;
CREATE TABLE shop.new_child () INHERITS (shop.base);
SELECT count(*) FROM shop.new_child;
ALTER TABLE shop.items NO FORCE ROW LEVEL SECURITY;
DROP POLICY tenant_isolation ON shop.orders_2025_1;
ALTER TABLE shop.orders DETACH PARTITION shop.orders_rest;
ALTER TABLE shop.files VALIDATE CONSTRAINT files_tenant_id_item_fkey;
ALTER TABLE shop.loose VALIDATE CONSTRAINT loose_album;
SELECT tenant.protect('shop.items'), tenant.protect('shop.photos'), tenant.protect('shop.albums'), tenant.protect('shop.orders'), tenant.protect('shop.base'),
	tenant.protect('shop.split'), tenant.protect('shop."Odd ""name"', 'the tenant'), tenant.protect('shop.parcels');
SELECT tenant.protect('shop.totals'), tenant.protect('shop.later', 'the tenant');
REFRESH MATERIALIZED VIEW shop.later;
SECURITY LABEL FOR pg_tenant ON COLUMN shop.totals.tenant_id IS NULL;
CREATE TABLE shop.notes (id int);
SELECT tenant.protect('shop.notes');
SELECT count(*) FROM shop.notes;
DROP TABLE shop.countries CASCADE;
SELECT * FROM tenant.shared_tables;
-- What an operator does.
SELECT status FROM tenant.resume('suspended');
SELECT status FROM tenant.activate('pending');
SELECT status FROM tenant.suspend(:'blue');
SELECT status FROM tenant.resume('deleted');
SELECT tenant_id FROM tenant.list() ORDER BY 1;
SELECT tenant_id, type, resource_id FROM tenant.resources ORDER BY 1, 2;
SELECT count(*) FROM shop.items;
SET LOCAL row_security = off;
SELECT count(*) FROM shop.items;
SELECT count(*) FROM shop.totals;
REFRESH MATERIALIZED VIEW shop.later;
SELECT count(*) FROM shop.later;
ROLLBACK;
