-- One of each that pg_tenant keeps. What a row says begins with its tenant: blue, red or grey; those of numbers are 7 and 8.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
\set blue 11111111-1111-1111-1111-111111111111
\set red 22222222-2222-2222-2222-222222222222
CREATE EXTENSION pg_tenant;
CREATE EXTENSION postgres_fdw;
CREATE ROLE keeper LOGIN IN ROLE tenant_admin;
CREATE ROLE keeper_all LOGIN BYPASSRLS IN ROLE tenant_admin, keeper;
CREATE ROLE app LOGIN;
CREATE ROLE "Bound role" LOGIN IN ROLE app;
CREATE ROLE monitor LOGIN IN ROLE tenant_reader;
CREATE SCHEMA shop AUTHORIZATION keeper;
GRANT USAGE ON SCHEMA shop TO app;
GRANT CREATE ON SCHEMA shop TO keeper_all;
ALTER DEFAULT PRIVILEGES FOR ROLE keeper, keeper_all IN SCHEMA shop GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app;
ALTER DEFAULT PRIVILEGES FOR ROLE keeper IN SCHEMA shop GRANT USAGE ON SEQUENCES TO app;
ALTER ROLE "Bound role" SET app.tenant_id = :'blue';

-- Tenants in every state, and what belongs to them.
SELECT tenant.provision(:'blue', 'Blue Inc', 'shop', '{blue.example.com}', '{"a": 1}'), tenant.provision(:'red', 'Red Inc'), tenant.provision('7'),
	tenant.provision('8'), tenant.provision('pending', activate => false), tenant.provision('suspended'), tenant.suspend('suspended', 'unpaid'),
	tenant.provision('resumed'), tenant.suspend('resumed'), tenant.resume('resumed'), tenant.provision('deleted') \g /dev/null
UPDATE tenant.tenants SET status = 'deleted', deleted_at = now() WHERE tenant_id = 'deleted';
SELECT tenant.add_resource('suspended', 'bucket', 'b1'), tenant.add_resource(:'blue', 'queue', 'q1'), tenant.grant_tenant('"Bound role"', :'blue') \g /dev/null
CREATE FUNCTION shop.is_even(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog AS 'BEGIN RETURN $1 & 1 = 0; END';
SELECT tenant.trust('shop.is_even(int)', 'looks at one bit'), tenant.distrust('textlike(text,text)') \g /dev/null
INSERT INTO tenant.jwt_keys VALUES ('public', 'ES256', 'not looked at here', NULL, NULL, 'tenant_id');

SET SESSION AUTHORIZATION keeper;
-- Tables: tenant columns of every type, columns that the server fills in, policies of their own.
CREATE TABLE shop.items (tenant_id uuid, id int, name text, PRIMARY KEY (tenant_id, id));
CREATE TABLE shop.numbered (tenant_id uuid NOT NULL, id int GENERATED ALWAYS AS IDENTITY, counter serial, name text,
	loud text GENERATED ALWAYS AS (upper(name)) STORED);
CREATE TABLE shop."Odd ""name" ("the tenant" text, id int, name text);
CREATE TABLE shop.own (tenant_id int, id int, name text);
CREATE POLICY few ON shop.own USING (id < 10);
CREATE TABLE shop.by_role (tenant_id varchar(64), id int, name text);
CREATE POLICY readers ON shop.by_role FOR SELECT TO app USING (id > 1);
CREATE TABLE shop.countries (code text PRIMARY KEY, name text);
-- Inheritance, a child of two.
CREATE TABLE shop.base (tenant_id bigint, id int, name text);
CREATE TABLE shop.other_base (tenant_id bigint, id int, name text);
CREATE TABLE shop.child (more text) INHERITS (shop.base);
CREATE TABLE shop.grandchild () INHERITS (shop.child, shop.other_base);
-- Partitions of partitions, a default one, one attached later, a column that was dropped.
CREATE TABLE shop.orders (gone int, tenant_id uuid, id int, day date, name text) PARTITION BY RANGE (day);
ALTER TABLE shop.orders DROP gone;
CREATE TABLE shop.orders_2025 PARTITION OF shop.orders FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY LIST (id);
CREATE TABLE shop.orders_2025_1 PARTITION OF shop.orders_2025 FOR VALUES IN (1, 2);
CREATE TABLE shop.orders_2025_rest PARTITION OF shop.orders_2025 DEFAULT;
CREATE TABLE shop.orders_rest PARTITION OF shop.orders DEFAULT;
CREATE TABLE shop.split (tenant_id uuid, id int, name text, PRIMARY KEY (tenant_id, id));
-- Keys: without the tenant, with it, to itself, with actions, to and from partitions, to a shared table.
CREATE TABLE shop.albums (id int PRIMARY KEY, tenant_id uuid NOT NULL, name text) PARTITION BY RANGE (id);
CREATE TABLE shop.albums_low PARTITION OF shop.albums FOR VALUES FROM (0) TO (100);
CREATE TABLE shop.photos (id int PRIMARY KEY, tenant_id uuid NOT NULL, album int REFERENCES shop.albums DEFERRABLE, next int REFERENCES shop.photos ON DELETE SET NULL,
	fixed int REFERENCES shop.albums ON DELETE CASCADE ON UPDATE CASCADE, country text REFERENCES shop.countries, name text);
CREATE TABLE shop.files (tenant_id uuid, item int, name text, FOREIGN KEY (tenant_id, item) REFERENCES shop.items);
CREATE TABLE shop.loose (id int, tenant_id uuid, album int, name text);
ALTER TABLE shop.loose ADD CONSTRAINT loose_album FOREIGN KEY (album) REFERENCES shop.albums NOT VALID;

INSERT INTO shop.items VALUES (:'blue', 1, 'blue one'), (:'blue', 2, 'blue two'), (:'red', 3, 'red three');
INSERT INTO shop.numbered (tenant_id, name) VALUES (:'blue', 'blue one'), (:'red', 'red two');
INSERT INTO shop."Odd ""name" VALUES (:'blue', 1, 'blue one'), (:'red', 2, 'red two');
INSERT INTO shop.own VALUES (7, 1, 'seven one'), (7, 20, 'seven twenty'), (8, 2, 'eight two');
INSERT INTO shop.by_role VALUES (:'blue', 1, 'blue one'), (:'blue', 2, 'blue two'), (:'red', 3, 'red three');
INSERT INTO shop.countries VALUES ('de', 'Germany'), ('fr', 'France');
INSERT INTO shop.base VALUES (7, 1, 'seven one'), (8, 2, 'eight two');
INSERT INTO shop.child VALUES (7, 3, 'seven three'), (8, 4, 'eight four');
INSERT INTO shop.grandchild VALUES (7, 5, 'seven five', 'more'), (8, 6, 'eight six', 'more');
INSERT INTO shop.orders VALUES (:'blue', 1, '2025-02-01', 'blue one'), (:'red', 2, '2025-02-01', 'red two'), (:'blue', 3, '2025-02-01', 'blue three'),
	(:'red', 4, '2027-01-01', 'red four');
INSERT INTO shop.split SELECT CASE g % 2 WHEN 0 THEN :'blue' ELSE :'red' END::uuid, g, CASE g % 2 WHEN 0 THEN 'blue ' ELSE 'red ' END || g FROM generate_series(1, 10) g;
INSERT INTO shop.albums VALUES (1, :'blue', 'blue album'), (3, :'red', 'red album');
INSERT INTO shop.photos VALUES (1, :'blue', 1, NULL, 1, 'de', 'blue photo'), (2, :'blue', 1, 1, 1, 'fr', 'blue second'), (3, :'red', 3, NULL, NULL, 'de', 'red photo');
INSERT INTO shop.files VALUES (:'blue', 1, 'blue file'), (:'red', 3, 'red file');
INSERT INTO shop.loose VALUES (1, :'blue', 1, 'blue loose'), (2, :'red', 3, 'red loose');

SELECT tenant.protect(name) FROM unnest('{shop.items,shop.numbered,shop.orders,shop.albums,shop.photos,shop.files,shop.loose,shop.by_role,shop.own,shop.base,shop.other_base}'::regclass[]) name \g /dev/null
SELECT tenant.protect('shop."Odd ""name"', 'the tenant', 'text'), tenant.protect('shop.split', partitions => 2), tenant.share('shop.countries') \g /dev/null
CALL tenant.isolate_tenant('shop.split', :'blue');
SELECT fix AS statement FROM tenant.unsafe_keys WHERE name = 'photos_fixed_fkey' \gexec
CREATE TABLE shop.orders_2026 PARTITION OF shop.orders FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
SET app.tenant_id = :'blue';
INSERT INTO shop.orders_2026 (id, day, name) VALUES (5, '2026-02-01', 'blue five');
RESET app.tenant_id;
-- What reads for its owner.
CREATE VIEW shop.items_seen AS SELECT * FROM shop.items;
CREATE VIEW shop.items_invoked WITH (security_invoker, security_barrier) AS SELECT * FROM shop.items;
CREATE FUNCTION shop.items_given() RETURNS SETOF shop.items LANGUAGE sql STABLE SECURITY DEFINER AS 'TABLE shop.items';
GRANT SELECT (tenant_id, id) ON shop.items TO monitor;
GRANT USAGE ON SCHEMA shop TO monitor;
RESET SESSION AUTHORIZATION;
CREATE VIEW shop.items_of_root AS SELECT * FROM shop.items;
CREATE FUNCTION shop.items_given_by_root() RETURNS SETOF shop.items LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN QUERY TABLE shop.items; END';
GRANT SELECT ON shop.items_of_root TO app;

-- What can have no policy: materialized views, one of them empty, and foreign tables, one of them a partition.
CREATE SCHEMA depot;
CREATE TABLE depot.stock (tenant_id uuid NOT NULL, id int, name text);
INSERT INTO depot.stock VALUES (:'blue', 1, 'blue stock'), (:'red', 2, 'red stock');
SELECT format('CREATE SERVER depot FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host %L, port %L, dbname %L)',
	current_setting('unix_socket_directories'), current_setting('port'), current_database()) \gexec
CREATE USER MAPPING FOR PUBLIC SERVER depot OPTIONS (user 'postgres', password_required 'false');
GRANT USAGE ON FOREIGN SERVER depot TO keeper;
SET SESSION AUTHORIZATION keeper_all;
SET row_security = off;
CREATE MATERIALIZED VIEW shop.totals AS SELECT tenant_id, count(*), min(name) AS name FROM shop.items GROUP BY tenant_id;
CREATE MATERIALIZED VIEW shop.later AS SELECT tenant_id AS "the tenant", id, name FROM shop.items WITH NO DATA;
SELECT tenant.protect('shop.totals'), tenant.protect('shop.later', 'the tenant') \g /dev/null
SET SESSION AUTHORIZATION keeper;
RESET row_security;
CREATE FOREIGN TABLE shop.stock (tenant_id uuid NOT NULL, id int, name text) SERVER depot OPTIONS (schema_name 'depot', table_name 'stock');
CREATE TABLE shop.parcels (tenant_id uuid NOT NULL, id int, name text) PARTITION BY LIST (id);
CREATE FOREIGN TABLE shop.parcels_far PARTITION OF shop.parcels FOR VALUES IN (1, 2) SERVER depot OPTIONS (schema_name 'depot', table_name 'stock');
SELECT tenant.protect('shop.stock'), tenant.protect('shop.parcels') \g /dev/null
RESET SESSION AUTHORIZATION;
