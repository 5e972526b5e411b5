-- What rules add to queries that run past policies: of keys, purges and templates. In a database of its own, since a purge looks at all tables.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE DATABASE regress_rules;
GRANT CREATE ON DATABASE regress_rules TO fx_owner;
\c regress_rules
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION pg_tenant;
SET SESSION AUTHORIZATION fx_owner;
CREATE SCHEMA r;
SET search_path = r;
SELECT count(*) FROM (SELECT tenant.provision(id) FROM unnest('{a,b,c,d,s}'::text[]) id) made;
CREATE TABLE regions (id int PRIMARY KEY);
CREATE TABLE boxes (tenant_id text, id int, region int REFERENCES regions ON DELETE CASCADE, PRIMARY KEY (tenant_id, id));
CREATE TABLE things (tenant_id text, id int, box int, next int, PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, box) REFERENCES boxes ON DELETE CASCADE);
CREATE TABLE log (line text);
SELECT tenant.share('regions'), tenant.protect('boxes'), tenant.protect('things') \g /dev/null
SELECT count(*) FROM (SELECT tenant.execute(t, $$INSERT INTO r.boxes VALUES (DEFAULT, 1), (DEFAULT, 2); INSERT INTO r.things VALUES (DEFAULT, 1, 1), (DEFAULT, 2, 2), (DEFAULT, 3, 2)$$)
	FROM unnest('{a,b,c,d}'::text[]) t) made;

-- A cascade: what is logged is of one tenant, with every plan and for whom ever.
CREATE FUNCTION names() RETURNS SETOF text LANGUAGE sql STABLE AS 'SELECT t.tenant_id || t.id FROM r.things t';
CREATE RULE log AS ON DELETE TO things DO ALSO INSERT INTO log SELECT string_agg(DISTINCT concat_ws(' ', OLD.id, t.tenant_id, (SELECT string_agg(n, '+' ORDER BY n) FROM names() n)), ', ') FROM things t;
SELECT tenant.execute('a', 'DELETE FROM r.boxes WHERE id = 1'), tenant.execute('b', 'DELETE FROM r.boxes WHERE id = 1');
TABLE log;
TRUNCATE log;
-- A shared row that goes: its cascade finds rows of none, and the rule is a statement that needs a tenant.
SET SESSION AUTHORIZATION fx_owner;
CREATE RULE log AS ON DELETE TO boxes DO ALSO INSERT INTO log SELECT 'box of ' || tenant_id FROM boxes;
INSERT INTO regions VALUES (1);
DELETE FROM regions;
SET app.tenant_id = 'c';
DELETE FROM regions;
RESET app.tenant_id;
DROP RULE log ON boxes;
SELECT * FROM log ORDER BY line;
-- Who sees all tenants sees them there, too.
DROP RULE log ON things;
CREATE RULE log AS ON DELETE TO things DO ALSO INSERT INTO log SELECT string_agg(DISTINCT t.tenant_id, ' ') FROM things t;
RESET SESSION AUTHORIZATION;
BEGIN;
SET LOCAL row_security = off;
DELETE FROM boxes WHERE tenant_id = 'c' AND id = 1;
TABLE log;
ROLLBACK;

-- A rule's condition would be the cascade's own.
SET SESSION AUTHORIZATION fx_owner;
DROP RULE log ON things;
CREATE RULE ask AS ON DELETE TO things WHERE OLD.id < (SELECT count(*) FROM things) DO INSTEAD NOTHING;
SELECT tenant.execute('c', 'DELETE FROM r.boxes WHERE id = 1');
DROP RULE ask ON things;

-- Purges.
TRUNCATE log;
CREATE RULE log AS ON DELETE TO things DO ALSO INSERT INTO log SELECT DISTINCT t.tenant_id FROM things t;
CREATE RULE change AS ON DELETE TO boxes DO ALSO UPDATE things SET next = 8;
SELECT (tenant.soft_delete('d')).status;
CALL tenant.purge('d', force => true);
SELECT * FROM log ORDER BY 1;
SELECT tenant.query('c', 'SELECT next FROM r.things WHERE next IS NOT NULL');
DROP RULE log ON things;
DROP RULE change ON boxes;
-- In a circle rows go by one statement, in whose parts no rule has a place.
ALTER TABLE things ADD FOREIGN KEY (tenant_id, next) REFERENCES things;
SELECT (tenant.provision('d')).status;
SELECT tenant.execute('d', 'INSERT INTO r.boxes VALUES (DEFAULT, 1); INSERT INTO r.things VALUES (DEFAULT, 1, 1, 2), (DEFAULT, 2, 1, 1)');
CREATE RULE instead AS ON DELETE TO things DO INSTEAD UPDATE things SET next = NULL RETURNING things.*;
SELECT (tenant.soft_delete('d')).status;
CALL tenant.purge('d', force => true);
SELECT tenant.query('c', 'SELECT count(*) FROM r.things');
DROP RULE instead ON things;
CALL tenant.purge('d', force => true);

-- Templates.
TRUNCATE log;
SELECT tenant.execute('s', 'INSERT INTO r.boxes VALUES (DEFAULT, 9)');
SELECT tenant.add_template_table('boxes');
CREATE RULE instead AS ON INSERT TO boxes DO INSTEAD INSERT INTO log SELECT 'box of ' || b.tenant_id FROM boxes b;
SELECT (tenant.provision('t', template => 's')).status;
CREATE OR REPLACE RULE instead AS ON INSERT TO boxes DO INSTEAD INSERT INTO log SELECT 'box of ' || b.tenant_id FROM boxes b RETURNING line, 1, 1;
SELECT (tenant.provision('t', template => 's')).status;
TABLE log;
DROP RULE instead ON boxes;
SELECT (tenant.provision('t2', template => 's')).status;
SELECT tenant.query('t2', 'SELECT id FROM r.boxes');
RESET SESSION AUTHORIZATION;
\c regress
DROP DATABASE regress_rules;
