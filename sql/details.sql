-- Details of errors quote keys and rows: of protected tables, in confined statements, to the server's log only.
\set SHOW_CONTEXT never
\set A '11111111-1111-1111-1111-111111111111'
\set B '22222222-2222-2222-2222-222222222222'
SET ROLE fx_owner;
CREATE TABLE fx.bookings (id int, room int, during int4range, email text, place int CONSTRAINT low CHECK (place < 100),
	EXCLUDE USING gist (during WITH &&));
CREATE TABLE fx.rooms (id int PRIMARY KEY, place int UNIQUE DEFERRABLE INITIALLY DEFERRED);
SELECT tenant.protect('fx.bookings');
SELECT tenant.protect('fx.rooms');
ALTER TABLE fx.bookings ADD CONSTRAINT in_room FOREIGN KEY (room) REFERENCES fx.rooms ON UPDATE CASCADE;
GRANT SELECT, INSERT, UPDATE, DELETE ON fx.bookings, fx.rooms TO fx_app;
RESET ROLE;
CREATE TABLE fx.open_rooms (id int PRIMARY KEY, place int UNIQUE DEFERRABLE INITIALLY DEFERRED);
CREATE FUNCTION fx.as_superuser(command text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN EXECUTE command; END';
-- What a handler sees of an error.
CREATE FUNCTION fx.handled(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	said text;
	detail text;
	table_name text;
BEGIN
	EXECUTE command;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS said = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, table_name = TABLE_NAME;
	RETURN format('%s %s [%s] (%s)', SQLSTATE, said, table_name, detail);
END
$$;
SET row_security = off;
INSERT INTO fx.rooms (tenant_id, id, place) VALUES (:'B', 20, 2), (:'B', 21, 3);
INSERT INTO fx.bookings (tenant_id, id, room, during, email, place) VALUES (:'B', 1, 20, '[100,200)', 'bob@b', 20), (:'B', 2, 20, '[300,400)', 'bob@b', 21);
INSERT INTO fx.open_rooms VALUES (1, 1);
RESET row_security;
SET app.tenant_id = :'A';

CREATE TEMP TABLE commands (n serial, command text);
GRANT SELECT ON commands TO PUBLIC;
INSERT INTO commands (command) VALUES
	('INSERT INTO fx.bookings (id, during) VALUES (1, ''[0,1000)'')'),
	('INSERT INTO fx.rooms (id) VALUES (20)'),
	('INSERT INTO fx.rooms (id) VALUES (20) ON CONFLICT (place) DO NOTHING'),
	('INSERT INTO fx.bookings (id, room) VALUES (1, 99)'),
	('MERGE INTO fx.rooms r USING (VALUES (20)) v (id) ON r.id = v.id WHEN NOT MATCHED THEN INSERT (id) VALUES (20)'),
	('WITH w AS (INSERT INTO fx.rooms (id) VALUES (21)) SELECT 1'),
	('SELECT fx.as_superuser(''INSERT INTO fx.bookings (id, during) VALUES (1, ''''[0,1000)'''')'')'),
	('SELECT fx.as_superuser(''CREATE UNIQUE INDEX ON fx.bookings (email)'')'),
	('SELECT fx.as_superuser(''ALTER TABLE fx.bookings ADD UNIQUE (email)'')'),
	('SELECT fx.as_superuser(''ALTER TABLE fx.bookings ADD EXCLUDE (email WITH =)'')'),
	('SELECT fx.as_superuser(''ALTER TABLE fx.bookings ADD FOREIGN KEY (place) REFERENCES fx.open_rooms'')'),
	('SELECT fx.as_superuser(''INSERT INTO fx.rooms (id, place) VALUES (30, 2); SET CONSTRAINTS ALL IMMEDIATE'')'),
	-- Rows of one's own are quoted as ever, and other tables' keys.
	('INSERT INTO fx.bookings (id, place) VALUES (1, 500)'),
	('SELECT fx.as_superuser(''INSERT INTO fx.open_rooms VALUES (1)'')');
SELECT fx.handled(command) AS superuser FROM commands ORDER BY n;
SET ROLE fx_owner;
SELECT fx.handled(command) AS owner FROM commands ORDER BY n;
SET ROLE fx_app;
SELECT fx.handled(command) AS app FROM commands ORDER BY n;
RESET ROLE;
-- As it is without us.
SET row_security = off;
SELECT fx.handled(command) AS all_tenants FROM commands ORDER BY n;
RESET row_security;

-- To a client, where nothing handles them.
INSERT INTO fx.bookings (id, during) VALUES (1, '[0,1000)');
COPY fx.rooms (id) FROM stdin;
20
\.
CREATE UNIQUE INDEX CONCURRENTLY twice ON fx.bookings (email);
DROP INDEX fx.twice;
-- At the end of the transaction.
INSERT INTO fx.rooms (id, place) VALUES (30, 2);
BEGIN;
INSERT INTO fx.rooms (id, place) VALUES (30, 2);
COMMIT;
BEGIN;
COPY fx.rooms (id, place) FROM stdin;
30	2
\.
COMMIT;
INSERT INTO fx.open_rooms VALUES (2, 1);
SET row_security = off;
INSERT INTO fx.rooms (tenant_id, id, place) VALUES (:'A', 30, 2);
RESET row_security;
-- A cascade from a table without tenants runs as the owner, for whom the server quotes the key that is in the way.
SET row_security = off;
ALTER TABLE fx.bookings OWNER TO CURRENT_USER;
CREATE TABLE fx.spans (during int4range PRIMARY KEY);
INSERT INTO fx.bookings (tenant_id, id, during) VALUES (:'A', 3, '[500,600)');
INSERT INTO fx.spans SELECT during FROM fx.bookings WHERE during IS NOT NULL;
GRANT SELECT, UPDATE ON fx.spans TO fx_app;
ALTER TABLE fx.bookings ADD CONSTRAINT in_span FOREIGN KEY (during) REFERENCES fx.spans ON UPDATE CASCADE;
RESET row_security;
UPDATE fx.spans SET during = '[110,120)' WHERE during = '[500,600)';
SET ROLE fx_app;
UPDATE fx.spans SET during = '[110,120)' WHERE during = '[500,600)';
RESET ROLE;
SET row_security = off;
UPDATE fx.spans SET during = '[110,120)' WHERE during = '[500,600)';
RESET row_security;
DROP TABLE fx.bookings, fx.rooms, fx.open_rooms, fx.spans;
DROP FUNCTION fx.handled(text), fx.as_superuser(text);
