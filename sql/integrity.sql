-- Foreign keys are checked over all rows, and what they call is confined like everything else.
\set A '11111111-1111-1111-1111-111111111111'
\set B '22222222-2222-2222-2222-222222222222'
CREATE SCHEMA ri AUTHORIZATION fx_owner;
GRANT USAGE ON SCHEMA ri TO fx_app;
SET SESSION AUTHORIZATION fx_owner;
CREATE TABLE ri.parents (tenant_id uuid, id int, PRIMARY KEY (tenant_id, id));
CREATE TABLE ri.children (tenant_id uuid, id int, parent_id int, PRIMARY KEY (tenant_id, id));
INSERT INTO ri.parents VALUES (:'A', 1), (:'A', 2), (:'B', 1);
INSERT INTO ri.children VALUES (:'A', 1, 1), (:'A', 2, 2), (:'B', 1, 1), (:'B', 2, 99);
SELECT tenant.protect('ri.parents');
SELECT tenant.protect('ri.children');
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ri TO fx_app;

-- The forced owner, with a tenant or without, cannot make a false foreign key valid, and can make a true one.
SET app.tenant_id = :'A';
ALTER TABLE ri.children ADD CONSTRAINT fk FOREIGN KEY (tenant_id, parent_id) REFERENCES ri.parents;
RESET app.tenant_id;
ALTER TABLE ri.children ADD CONSTRAINT fk FOREIGN KEY (tenant_id, parent_id) REFERENCES ri.parents;
SET app.tenant_id = :'B';
DELETE FROM ri.children WHERE id = 2;
RESET app.tenant_id;
ALTER TABLE ri.children ADD CONSTRAINT fk FOREIGN KEY (tenant_id, parent_id) REFERENCES ri.parents ON DELETE CASCADE;
-- The rest of ALTER TABLE, too.
ALTER TABLE ri.children ADD COLUMN extra int DEFAULT 0;
ALTER TABLE ri.children ADD CHECK (extra >= 0), ALTER COLUMN extra TYPE bigint USING extra + 1;
CREATE INDEX ON ri.children (extra);
ANALYZE ri.children;

SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
INSERT INTO ri.children (id, parent_id) VALUES (3, 1);
INSERT INTO ri.children (id, parent_id) VALUES (4, 42);

-- A trigger that a cascade fires runs as the table's owner with policies off in PostgreSQL: not here.
RESET SESSION AUTHORIZATION;
CREATE TABLE ri.seen (what text);
GRANT ALL ON ri.seen TO PUBLIC;
CREATE FUNCTION ri.look() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO ri.seen SELECT DISTINCT 'children of ' || tenant_id FROM ri.children;
	INSERT INTO ri.seen SELECT DISTINCT 'customers of ' || tenant_id FROM fx.customers;
	RETURN OLD;
END
$$;
CREATE TRIGGER look BEFORE DELETE ON ri.children FOR EACH ROW EXECUTE FUNCTION ri.look();
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
DELETE FROM ri.parents WHERE id = 2;
SELECT id, parent_id FROM ri.children ORDER BY id;
RESET SESSION AUTHORIZATION;
SELECT * FROM ri.seen ORDER BY what;
-- The same once more: the trigger's plans are cached.
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
DELETE FROM ri.parents WHERE id = 1;
RESET SESSION AUTHORIZATION;
SELECT what, count(*) FROM ri.seen GROUP BY 1 ORDER BY 1;
SET row_security = off;
SELECT tenant_id, count(*) FROM ri.children GROUP BY 1 ORDER BY 1;
RESET row_security;

-- Planning such a query calls anybody's functions: they are confined too.
SET SESSION AUTHORIZATION fx_owner;
CREATE TABLE ri.keys (k int PRIMARY KEY);
INSERT INTO ri.keys VALUES (1);
GRANT REFERENCES ON ri.keys TO fx_app;
GRANT CREATE ON SCHEMA ri TO fx_app;
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
CREATE TYPE ri.word AS ENUM ('x');
CREATE FUNCTION ri.spy(ri.word) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	seen text;
BEGIN
	SELECT string_agg(DISTINCT left(tenant_id::text, 1), ',') INTO seen FROM fx.customers;
	RAISE NOTICE 'seen: %', seen;
	RETURN 1;
END
$$;
CREATE CAST (ri.word AS int) WITH FUNCTION ri.spy(ri.word) AS IMPLICIT;
CREATE TABLE ri.words (w ri.word REFERENCES ri.keys);
INSERT INTO ri.words VALUES ('x');
SELECT ri.spy('x');

-- A partition is not detached by a check that sees one tenant's references.
SET SESSION AUTHORIZATION fx_owner;
CREATE TABLE ri.places (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE ri.places_1 PARTITION OF ri.places FOR VALUES FROM (1) TO (100);
CREATE TABLE ri.places_2 PARTITION OF ri.places FOR VALUES FROM (100) TO (200);
CREATE TABLE ri.visits (tenant_id uuid, place int REFERENCES ri.places);
INSERT INTO ri.places VALUES (102);
INSERT INTO ri.visits VALUES (:'B', 102);
SELECT tenant.protect('ri.visits');
SET app.tenant_id = :'A';
ALTER TABLE ri.places DETACH PARTITION ri.places_2;
RESET SESSION AUTHORIZATION;
SET row_security = off;
\set VERBOSITY sqlstate
ALTER TABLE ri.places DETACH PARTITION ri.places_2;
\set VERBOSITY default
ALTER TABLE ri.places DETACH PARTITION ri.places_1;
RESET row_security;
SET client_min_messages = error;
DROP SCHEMA ri CASCADE;
