-- The shop of three tenants; with :tenant protected by pg_tenant, without it by row-level security alone.
-- Every column of other tenants that can holds a canary: CANARY-other-…, or a number that begins with 98765.
\set QUIET on
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET row_security = off;
CREATE SCHEMA shop AUTHORIZATION attack_owner;
CREATE SCHEMA play AUTHORIZATION attack_owner;
GRANT ALL ON SCHEMA shop, play TO attack_app;
SET ROLE attack_owner;
CREATE TABLE shop.customers (tenant_id uuid NOT NULL, id int, name text, secret text, balance int, PRIMARY KEY (tenant_id, id));
CREATE TABLE shop.orders (tenant_id uuid NOT NULL, id int, day date, customer_id int, item text, price int, PRIMARY KEY (tenant_id, id, day),
	FOREIGN KEY (tenant_id, customer_id) REFERENCES shop.customers ON DELETE CASCADE ON UPDATE CASCADE) PARTITION BY RANGE (day);
CREATE TABLE shop.orders_2025 PARTITION OF shop.orders FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE shop.orders_2026 PARTITION OF shop.orders FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE shop.notes (tenant_id uuid NOT NULL, id int, body text);
CREATE TABLE shop.urgent_notes (deadline text) INHERITS (shop.notes);
CREATE TABLE shop.items (tenant_id uuid NOT NULL, id int, data jsonb, tags text[], words tsvector, price int, UNIQUE (tenant_id, id));
CREATE INDEX items_sku ON shop.items (tenant_id, (data ->> 'sku'));
-- Keys that do not know of tenants.
CREATE TABLE shop.albums (tenant_id uuid NOT NULL, id int PRIMARY KEY, title text);
CREATE TABLE shop.photos (tenant_id uuid NOT NULL, id int PRIMARY KEY, album_id int REFERENCES shop.albums ON DELETE CASCADE ON UPDATE CASCADE DEFERRABLE,
	title text);
CREATE TABLE shop.spill (line text);
CREATE TABLE shop.countries (code text, name text);
INSERT INTO shop.countries VALUES ('fr', 'France'), ('dk', 'Denmark');

CREATE TEMP TABLE made AS SELECT t.id AS tenant, g AS id, t.mark, t.number + g AS number
	FROM (VALUES (:'me'::uuid, 'mine', 100), (:'other', 'CANARY-other', 987650000), (:'third', 'CANARY-other-third', 987651000)) t (id, mark, number),
		generate_series(1, 40) g WHERE t.mark <> 'mine' OR g <= 20;
INSERT INTO shop.customers SELECT tenant, id, mark || '-name-' || id, mark || '-secret', number FROM made;
INSERT INTO shop.orders SELECT tenant, id, date '2025-12-20' + id, id, mark || '-item-' || id, number FROM made;
INSERT INTO shop.notes SELECT tenant, id, mark || '-note-' || id FROM made;
INSERT INTO shop.urgent_notes SELECT tenant, 100 + id, mark || '-urgent-' || id, mark || '-deadline' FROM made;
INSERT INTO shop.items SELECT tenant, id, jsonb_build_object('sku', mark || '-sku-' || id, 'n', number), ARRAY[mark || '-tag', 'tag'],
	to_tsvector('simple', translate(mark, '-', 'x') || ' word'), number FROM made;
INSERT INTO shop.albums SELECT tenant, number, mark || '-album' FROM made;
INSERT INTO shop.photos SELECT tenant, number, number, mark || '-photo' FROM made;

-- What applications have: views and functions, of the owner and, below, of a superuser.
CREATE VIEW shop.owner_view AS SELECT * FROM shop.customers;
CREATE VIEW shop.barrier_view WITH (security_barrier) AS SELECT * FROM shop.customers WHERE balance > 0;
CREATE VIEW shop.invoker_view WITH (security_invoker) AS SELECT * FROM shop.customers;
CREATE FUNCTION shop.owner_definer() RETURNS SETOF shop.customers LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN QUERY TABLE shop.customers; END';
CREATE FUNCTION shop.inlined() RETURNS SETOF shop.customers LANGUAGE sql STABLE AS 'SELECT * FROM shop.customers';
CREATE FUNCTION shop.one_name(wanted int) RETURNS text LANGUAGE sql STABLE AS 'SELECT string_agg(name, '','') FROM shop.customers WHERE id = wanted';
CREATE FUNCTION shop.planned() RETURNS SETOF text LANGUAGE plpgsql AS 'BEGIN RETURN QUERY SELECT name FROM shop.customers; END';
CREATE FUNCTION shop.tell() RETURNS trigger LANGUAGE plpgsql AS
	$$BEGIN IF NEW.item LIKE 'told%' THEN RAISE NOTICE 'told %', NEW; END IF; RETURN NULL; END$$;
CREATE CONSTRAINT TRIGGER told AFTER INSERT ON shop.orders_2026 DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION shop.tell();
-- What attacks use: an oracle's answer is a canary too.
CREATE FUNCTION shop.found(answer boolean) RETURNS text LANGUAGE plpgsql AS
	$$BEGIN RETURN CASE WHEN answer THEN 'CAN' || 'ARY by oracle' ELSE 'nothing' END; END$$;
CREATE FUNCTION shop.oracle(query text, code text) RETURNS void LANGUAGE plpgsql AS $$BEGIN EXECUTE query;
	EXCEPTION WHEN OTHERS THEN RAISE NOTICE '%: %', SQLERRM, shop.found(SQLSTATE = code); END$$;
CREATE FUNCTION shop.peek(value anyelement) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS
	$$BEGIN RAISE NOTICE 'peeked at %', value; RETURN true; END$$;
RESET ROLE;
CREATE VIEW shop.super_view AS SELECT * FROM shop.customers;
CREATE VIEW shop.super_orders AS SELECT o.* FROM shop.orders o;
CREATE FUNCTION shop.super_sql() RETURNS SETOF shop.customers LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT * FROM shop.customers';
CREATE FUNCTION shop.super_definer() RETURNS SETOF shop.customers LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN QUERY TABLE shop.customers; END';
CREATE FUNCTION shop.super_update() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS
	$$DECLARE n bigint; BEGIN UPDATE shop.customers SET name = name || '!'; GET DIAGNOSTICS n = ROW_COUNT; RETURN n; END$$;
CREATE FUNCTION shop.super_delete() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM shop.customers';
CREATE FUNCTION shop.super_dynamic(query text) RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER AS
	'BEGIN RETURN QUERY EXECUTE query; END';
GRANT ALL ON ALL TABLES IN SCHEMA shop TO attack_app, attack_owner;
-- What no policy covers: a materialized view, and rows on another server, which is this database.
CREATE MATERIALIZED VIEW shop.copies AS SELECT * FROM shop.customers;
CREATE UNIQUE INDEX ON shop.copies (tenant_id, id);
CREATE VIEW shop.super_copies AS SELECT * FROM shop.copies;
CREATE SCHEMA depot;
CREATE TABLE depot.stock (tenant_id uuid NOT NULL, id int, item text, price int);
INSERT INTO depot.stock SELECT tenant, id, mark || '-stock-' || id, number FROM made;
CREATE EXTENSION postgres_fdw;
SELECT format('CREATE SERVER depot FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host %L, port %L, dbname %L)',
	current_setting('unix_socket_directories'), current_setting('port'), CASE WHEN :tenant = 1 THEN 'attack_tenant' ELSE 'attack_rls' END) \gexec
CREATE USER MAPPING FOR PUBLIC SERVER depot OPTIONS (user 'attack_root', password_required 'false');
CREATE FOREIGN TABLE shop.stock (tenant_id uuid, id int, item text, price int) SERVER depot OPTIONS (schema_name 'depot', table_name 'stock');
ALTER FOREIGN TABLE shop.stock OWNER TO attack_owner;
GRANT ALL ON shop.copies, shop.super_copies, shop.stock TO attack_app, attack_owner;
\if :tenant
CREATE EXTENSION pg_tenant;
SELECT tenant.provision(:'me', 'mine'), tenant.provision(:'other', 'CANARY-other'), tenant.provision(:'third', 'CANARY-other-third') \g /dev/null
SELECT tenant.protect('shop.customers'), tenant.protect('shop.orders'), tenant.protect('shop.notes'), tenant.protect('shop.items'),
	tenant.protect('shop.albums'), tenant.protect('shop.photos'), tenant.protect('shop.copies'), tenant.protect('shop.stock') \g /dev/null
\else
SELECT format('ALTER TABLE %1$s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;'
	'ALTER TABLE %1$s ALTER tenant_id SET DEFAULT nullif(current_setting(''app.tenant_id'', true), '''')::uuid;'
	'CREATE POLICY own ON %1$s USING (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)', name)
	FROM unnest('{shop.customers,shop.orders,shop.notes,shop.items,shop.albums,shop.photos}'::text[]) name \gexec
\endif
ANALYZE;
-- What restore.sql copies back.
CREATE SCHEMA saved;
CREATE TABLE saved.stock AS TABLE depot.stock;
SELECT format('CREATE TABLE saved.%1$s AS SELECT * FROM ONLY shop.%1$s', name)
	FROM unnest('{customers,orders_2025,orders_2026,notes,urgent_notes,items,albums,photos}'::text[]) name \gexec
