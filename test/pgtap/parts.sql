-- Partitions and children: protected with their parent, when they come later too.
BEGIN;
SELECT plan(37);
\ir fixture/shop.sql
SET client_min_messages = warning;
SET SESSION AUTHORIZATION tap_owner;
CREATE FUNCTION pg_temp.protected(like_name text) RETURNS TABLE (line text) LANGUAGE sql AS $$
	SELECT concat_ws(' ', tbl, tenant_column, column_type, part_of) FROM tenant.protected_tables WHERE tbl::text LIKE like_name
$$;

CREATE TABLE shop.events (id integer, at date) PARTITION BY RANGE (at);
CREATE TABLE shop.events_1 PARTITION OF shop.events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE shop.events_2 PARTITION OF shop.events FOR VALUES FROM ('2026-02-01') TO ('2026-03-01') PARTITION BY LIST (id);
CREATE TABLE shop.events_2_1 PARTITION OF shop.events_2 FOR VALUES IN (1, 2);
CREATE TABLE shop.base (tenant_id bigint, id integer);
CREATE TABLE shop.base_child (more text) INHERITS (shop.base);

SELECT lives_ok($$SELECT tenant.protect('shop.events')$$, 'protect() of a partitioned table');
SELECT bag_eq($$SELECT pg_temp.protected('shop.events%')$$, ARRAY['shop.events tenant_id uuid', 'shop.events_1 tenant_id uuid shop.events',
	'shop.events_2 tenant_id uuid shop.events', 'shop.events_2_1 tenant_id uuid shop.events_2'], 'protects its partitions, at all levels');
SELECT lives_ok($$SELECT tenant.protect('shop.base')$$, 'protect() of a table with a child');
SELECT bag_eq($$SELECT pg_temp.protected('shop.base%')$$, ARRAY['shop.base tenant_id bigint', 'shop.base_child tenant_id bigint shop.base'], 'protects the child');
SELECT is((SELECT count(*) FROM pg_index WHERE indrelid = 'shop.base_child'::regclass), 1::bigint, 'which gets an index of its own');
SELECT is((SELECT count(*) FROM pg_class c JOIN tenant.protected_tables p ON p.tbl = c.oid WHERE NOT (relrowsecurity AND relforcerowsecurity)), 0::bigint,
	'row security is forced on every one');

-- Those that come later.
CREATE TABLE shop.events_3 PARTITION OF shop.events FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');
CREATE TABLE shop.events_2_3 PARTITION OF shop.events_2 FOR VALUES IN (3);
CREATE TABLE shop.attached (id integer, at date, tenant_id uuid NOT NULL);
INSERT INTO shop.attached VALUES (1, '2026-04-01', :ann), (2, '2026-04-01', :bob);
ALTER TABLE shop.events ATTACH PARTITION shop.attached FOR VALUES FROM ('2026-04-01') TO ('2026-05-01');
CREATE TABLE shop.base_child_2 () INHERITS (shop.base);
CREATE TABLE shop.base_child_3 (tenant_id bigint NOT NULL, id integer);
ALTER TABLE shop.base_child_3 INHERIT shop.base;
CREATE TABLE shop.base_grandchild () INHERITS (shop.base_child);
SELECT ok(EXISTS (SELECT FROM tenant.protected_tables WHERE tbl = name::regclass), name || ' is protected')
	FROM unnest(ARRAY['shop.events_3', 'shop.events_2_3', 'shop.attached', 'shop.base_child_2', 'shop.base_child_3', 'shop.base_grandchild']) name;
SELECT is(pg_get_expr(adbin, adrelid), want, adrelid::regclass || ' has the default') FROM (VALUES ('shop.attached'::regclass, 'tenant.current_uuid()'),
	('shop.base_child_3', 'tenant.current_bigint()')) v(tbl, want) JOIN pg_attrdef ON adrelid = tbl;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA shop TO tap_app;

-- The rows of a part are as confined as those of the whole, whichever is named.
SET SESSION AUTHORIZATION tap_app;
SELECT throws_ok('TABLE ' || name, 'TN001', NULL, name || ' needs a tenant') FROM unnest(ARRAY['shop.events', 'shop.events_2_1', 'shop.attached']) name;
SET app.tenant_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
SELECT lives_ok($$INSERT INTO shop.events VALUES (1, '2026-01-05'), (2, '2026-02-05'), (3, '2026-03-05')$$, 'rows are routed to partitions');
SELECT lives_ok($$INSERT INTO shop.events_2_1 VALUES (1, '2026-02-06')$$, 'or written there');
SELECT throws_ok($$INSERT INTO shop.events_2_1 VALUES (1, '2026-02-06', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb')$$, '42501', NULL, 'though not for another tenant');
SELECT results_eq('SELECT count(*) FROM shop.events', ARRAY[5::bigint], 'Ann''s rows in all partitions');
SET app.tenant_id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb';
SELECT results_eq('SELECT id FROM shop.events', ARRAY[2], 'Bob''s through the parent');
SELECT results_eq('SELECT id FROM shop.attached', ARRAY[2], 'and in the partition');
SELECT is_empty('TABLE shop.events_2_1', 'and in a partition where he has none');
RESET app.tenant_id;

-- Parts that are taken out stay protected; unprotect() works on the whole.
SET SESSION AUTHORIZATION tap_owner;
SELECT throws_ok(format('SELECT tenant.unprotect(%L)', name), 'TN006', NULL, 'unprotect() refuses a part: ' || name)
	FROM unnest(ARRAY['shop.events_1', 'shop.events_2', 'shop.base_child']) name;
SELECT lives_ok(format('SELECT tenant.protect(%L)', name), 'protect() of a part of what is protected: ' || name) FROM unnest(ARRAY['shop.events_2', 'shop.base_child']) name;
ALTER TABLE shop.events DETACH PARTITION shop.attached;
ALTER TABLE shop.base_child_2 NO INHERIT shop.base;
SELECT bag_eq($$SELECT pg_temp.protected('shop.attached') UNION ALL SELECT pg_temp.protected('shop.base_child_2')$$,
	ARRAY['shop.attached tenant_id uuid', 'shop.base_child_2 tenant_id bigint'], 'a part that is taken out stays protected');
SELECT lives_ok($$SELECT tenant.unprotect('shop.attached')$$, 'and can then be opened');
SELECT lives_ok($$SELECT tenant.unprotect('shop.events')$$, 'unprotect() of the whole');
SELECT is_empty($$SELECT pg_temp.protected('shop.events%')$$, 'opens all its parts');
SELECT is((SELECT count(*) FROM pg_class WHERE relname LIKE 'events%' AND (relrowsecurity OR relforcerowsecurity)), 0::bigint, 'and takes row security away');

-- What is foreign is protected by a label; what cannot be protected cannot become a part.
RESET SESSION AUTHORIZATION;
CREATE FOREIGN DATA WRAPPER tap_wrapper;
CREATE SERVER tap_server FOREIGN DATA WRAPPER tap_wrapper;
CREATE FOREIGN TABLE shop.far (tenant_id bigint NOT NULL, id integer) SERVER tap_server;
SELECT lives_ok('ALTER TABLE shop.far INHERIT shop.base', 'a foreign table can become a child of a protected table');
SELECT bag_eq($$SELECT pg_temp.protected('shop.far')$$, ARRAY['shop.far tenant_id bigint shop.base'], 'and is protected with it');
CREATE TABLE shop.clash (tenant_id bigint NOT NULL, id integer);
CREATE POLICY tenant_isolation ON shop.clash USING (true);
SELECT throws_ok('ALTER TABLE shop.clash INHERIT shop.base', '42710', NULL, 'nor one with a policy of our name');

SELECT * FROM finish();
ROLLBACK;
