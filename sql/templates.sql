-- Templates: which rows are copied, which keys they get, what follows them, what cannot be copied.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE ROLE template_admin IN ROLE tenant_admin;
CREATE ROLE template_owner;
CREATE ROLE template_app;
CREATE SCHEMA tpl AUTHORIZATION template_owner;
GRANT template_owner TO template_admin;
GRANT USAGE ON SCHEMA tpl TO template_app;

SET SESSION AUTHORIZATION template_admin;
SET ROLE template_owner;
CREATE TABLE tpl.groups (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, parent bigint REFERENCES tpl.groups, title text, upper_title text GENERATED ALWAYS AS (upper(title)) STORED);
CREATE TABLE tpl.items (tenant_id text, id uuid DEFAULT gen_random_uuid(), group_id bigint NOT NULL REFERENCES tpl.groups, code text, unwanted int, PRIMARY KEY (tenant_id, id));
ALTER TABLE tpl.items DROP COLUMN unwanted;
CREATE TABLE tpl.details (tenant_id text, item uuid, note text, PRIMARY KEY (tenant_id, item), FOREIGN KEY (tenant_id, item) REFERENCES tpl.items);
CREATE TABLE tpl.marks (id serial PRIMARY KEY, tenant_id text, item uuid, FOREIGN KEY (tenant_id, item) REFERENCES tpl.details) PARTITION BY HASH (id);
CREATE TABLE tpl.marks_0 PARTITION OF tpl.marks FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE tpl.marks_1 PARTITION OF tpl.marks FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE tpl.countries (code text PRIMARY KEY);
CREATE TABLE tpl.plain (tenant_id text, country text REFERENCES tpl.countries, at timestamptz DEFAULT now());
CREATE TABLE tpl.left_out (tenant_id text, a int);
RESET ROLE;
RESET SESSION AUTHORIZATION;
GRANT tenant_admin TO template_owner;
SET SESSION AUTHORIZATION template_owner;
SELECT tenant.protect(tbl, column_type => 'text') FROM unnest('{tpl.groups,tpl.items,tpl.details,tpl.marks,tpl.plain,tpl.left_out}'::regclass[]) tbl \g /dev/null
SELECT tenant.share('tpl.countries'), tenant.enable_soft_delete('tpl.plain') \g /dev/null
GRANT ALL ON ALL TABLES IN SCHEMA tpl TO template_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA tpl TO template_app;
RESET SESSION AUTHORIZATION;
REVOKE tenant_admin FROM template_owner;

SET SESSION AUTHORIZATION template_admin;
SELECT tenant_id, status FROM tenant.provision('tpl-1', activate => false);
SELECT tenant_id FROM tenant.provision('tpl-other');
SELECT tenant.add_template_table(tbl) FROM unnest('{tpl.groups,tpl.items,tpl.details,tpl.marks,tpl.plain}'::regclass[]) tbl \g /dev/null
SELECT tenant.add_template_table('tpl.groups');
TABLE tenant.template_tables ORDER BY relation::text;
RESET SESSION AUTHORIZATION;
-- The template is filled while it is active, and may rest afterwards.
SELECT status FROM tenant.activate('tpl-1');
SET SESSION AUTHORIZATION template_app;
SET app.tenant_id = 'tpl-1';
INSERT INTO tpl.groups (title) VALUES ('top');
INSERT INTO tpl.groups (parent, title) SELECT id, 'below' FROM tpl.groups;
INSERT INTO tpl.groups (parent, title) SELECT max(id), 'deepest' FROM tpl.groups;
INSERT INTO tpl.items (id, group_id, code) SELECT ('aaaaaaaa-0000-4000-8000-00000000000' || n)::uuid, (SELECT max(id) FROM tpl.groups), 'i' || n FROM generate_series(1, 3) n;
INSERT INTO tpl.details (item, note) SELECT id, code || ' note' FROM tpl.items WHERE code <> 'i3';
INSERT INTO tpl.marks (item) SELECT item FROM tpl.details CROSS JOIN generate_series(1, 3);
INSERT INTO tpl.left_out (a) VALUES (1);
RESET app.tenant_id;
RESET SESSION AUTHORIZATION;
INSERT INTO tpl.countries VALUES ('de'), ('fr');
SET SESSION AUTHORIZATION template_app;
SET app.tenant_id = 'tpl-1';
INSERT INTO tpl.plain (country, at) VALUES ('de', '2001-01-01'), ('fr', '2001-01-02'), (NULL, '2001-01-03');
DELETE FROM tpl.plain WHERE country = 'fr';
SET app.tenant_id = 'tpl-other';
INSERT INTO tpl.groups (title) VALUES ('another tenant''s');
RESET app.tenant_id;
RESET SESSION AUTHORIZATION;
SELECT status FROM tenant.suspend('tpl-1', 'only a template');

SET SESSION AUTHORIZATION template_admin;
SELECT tenant_id, status FROM tenant.provision('tpl-2', template => 'tpl-1');
SET app.include_deleted = on;
SELECT tenant_id, status FROM tenant.provision('tpl-3', template => 'tpl-1', activate => false);
RESET app.include_deleted;
SELECT action, detail FROM tenant.audit_log WHERE tenant_id = 'tpl-2';
SELECT current_setting('app.tenant_id') = '' AS without_tenant, current_setting('search_path');
SELECT status FROM tenant.activate('tpl-3');
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION template_app;
SET app.tenant_id = 'tpl-2';
SELECT g.title, g.upper_title, p.title AS parent FROM tpl.groups g LEFT JOIN tpl.groups p ON p.id = g.parent ORDER BY g.id;
SELECT i.code, g.title, d.note, count(m.id) AS marks FROM tpl.items i JOIN tpl.groups g ON g.id = i.group_id LEFT JOIN tpl.details d ON d.item = i.id
	LEFT JOIN tpl.marks m ON m.item = d.item GROUP BY 1, 2, 3 ORDER BY 1;
SELECT country, at::date, deleted_at FROM tpl.plain ORDER BY at;
SELECT count(*) AS left_out FROM tpl.left_out;
INSERT INTO tpl.groups (title) VALUES ('a new one');
SET app.tenant_id = 'tpl-3';
SELECT (SELECT count(*) FROM tpl.groups) AS groups, (SELECT count(*) FROM tpl.items) AS items, (SELECT count(*) FROM tpl.marks) AS marks;
SET app.include_deleted = on;
SELECT country, deleted_at FROM tpl.plain ORDER BY at;
RESET app.include_deleted;
RESET app.tenant_id;
RESET SESSION AUTHORIZATION;
-- No key is used twice, and the template has what it had.
SET row_security = off;
SELECT tenant_id, count(*) FROM tpl.groups GROUP BY 1 ORDER BY 1;
SELECT count(*) = count(DISTINCT id) AS own_keys FROM tpl.items;
SELECT count(*) FROM tpl.items WHERE id::text LIKE 'aaaaaaaa%';
RESET row_security;

-- Triggers run as the owner, for the new tenant, and see no other.
SET SESSION AUTHORIZATION template_owner;
CREATE TABLE tpl.seen (who text, tenant text, sees bigint);
CREATE FUNCTION tpl.look() RETURNS trigger LANGUAGE plpgsql SET search_path = tpl AS $$
BEGIN
	INSERT INTO seen SELECT current_user, current_setting('app.tenant_id'), count(*) FROM groups;
	RETURN NULL;
END
$$;
CREATE TRIGGER look AFTER INSERT ON tpl.items FOR EACH STATEMENT EXECUTE FUNCTION tpl.look();
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION template_admin;
SELECT status FROM tenant.provision('tpl-4', template => 'tpl-1', activate => false);
SELECT * FROM tpl.seen;

-- Children, with columns of their own, are copied with their parent; keys may be of domains.
SET ROLE template_owner;
CREATE DOMAIN tpl.key AS bigint;
CREATE DOMAIN tpl.token AS uuid DEFAULT gen_random_uuid();
CREATE SEQUENCE tpl.keys;
CREATE TABLE tpl.animals (tenant_id text, id tpl.key DEFAULT nextval('tpl.keys') PRIMARY KEY, name text);
CREATE TABLE tpl.birds (wings int, PRIMARY KEY (id)) INHERITS (tpl.animals);
CREATE TABLE tpl.owls (token tpl.token UNIQUE) INHERITS (tpl.birds);
CREATE TABLE tpl.nests (tenant_id text, bird tpl.key REFERENCES tpl.birds, token tpl.token PRIMARY KEY);
RESET ROLE;
RESET SESSION AUTHORIZATION;
SELECT tenant.protect('tpl.animals'), tenant.protect('tpl.nests'), tenant.add_template_table('tpl.animals'), tenant.add_template_table('tpl.nests') \g /dev/null
SELECT (tenant.provision('tpl-zoo')).status;
SELECT tenant.execute('tpl-zoo', $$INSERT INTO tpl.animals (name) VALUES ('cat'); INSERT INTO tpl.birds (name, wings) VALUES ('wren', 2);
	INSERT INTO tpl.owls (name, wings) VALUES ('eagle owl', 2); INSERT INTO tpl.nests (bird) SELECT id FROM ONLY tpl.birds$$);
SET SESSION AUTHORIZATION template_admin;
SELECT (tenant.provision('tpl-zoo2', template => 'tpl-zoo')).status;
RESET SESSION AUTHORIZATION;
SELECT tenant.query('tpl-zoo2', 'SELECT a.tableoid::regclass, a.name, b.wings, n.token IS NOT NULL AS nest FROM tpl.animals a LEFT JOIN tpl.birds b USING (id) LEFT JOIN tpl.nests n ON n.bird = a.id ORDER BY a.name');
SET row_security = off;
SELECT (SELECT count(*) = count(DISTINCT id) FROM tpl.animals WHERE name <> 'eagle owl') AS own_ids, (SELECT count(*) = count(DISTINCT token) FROM tpl.owls) AS own_tokens;
RESET row_security;
-- A row that a trigger gives to another tenant, whatever tenant it sets.
CREATE FUNCTION tpl.give() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('app.tenant_id', 'tpl-zoo', true);
	NEW.tenant_id := 'tpl-zoo';
	RETURN NEW;
END
$$;
CREATE TRIGGER give BEFORE INSERT ON tpl.owls FOR EACH ROW EXECUTE FUNCTION tpl.give();
SET SESSION AUTHORIZATION template_admin;
SELECT tenant.provision('tpl-zoo3', template => 'tpl-zoo');
RESET SESSION AUTHORIZATION;
SELECT tenant.query('tpl-zoo', 'SELECT count(*) FROM tpl.owls');
SELECT tenant.remove_template_table('tpl.animals'), tenant.remove_template_table('tpl.nests') \g /dev/null
SET SESSION AUTHORIZATION template_admin;

-- What is refused, and leaves nothing.
SELECT tenant.provision('tpl-5', template => 'nobody');
SELECT tenant.provision('tpl-5', template => 'tpl-5');
SELECT tenant.provision('tpl-5', template => '');
SELECT status FROM tenant.soft_delete('tpl-other');
SELECT tenant.provision('tpl-5', template => 'tpl-other');
RESET SESSION AUTHORIZATION;
CREATE FUNCTION tpl.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no more'; END $$;
CREATE TRIGGER fail BEFORE INSERT ON tpl.marks FOR EACH ROW EXECUTE FUNCTION tpl.fail();
SET SESSION AUTHORIZATION template_admin;
SELECT tenant.provision('tpl-5', template => 'tpl-1', idempotency_key => 'tpl-5');
RESET SESSION AUTHORIZATION;
SET row_security = off;
SELECT (SELECT count(*) FROM tenant.tenants WHERE tenant_id = 'tpl-5') AS tenants, (SELECT count(*) FROM tpl.groups WHERE tenant_id = 'tpl-5') AS groups,
	(SELECT count(*) FROM tenant.provision_keys) AS keys;
RESET row_security;
DROP TRIGGER fail ON tpl.marks;
SET SESSION AUTHORIZATION template_app;
SELECT tenant.add_template_table('tpl.groups');
SELECT tenant.run_for_new_tenant('tpl.groups'::regclass, 'tpl-2', 'SELECT 1');
SELECT tenant.copy_template('tpl-1', 'tpl-2');
RESET SESSION AUTHORIZATION;
CREATE TABLE tpl.strange (tenant_id text);
SET SESSION AUTHORIZATION template_admin;
SELECT tenant.add_template_table('tpl.strange');
SELECT tenant.add_template_table('tpl.countries');
SELECT tenant.add_template_table('tpl.marks_0');
SELECT tenant.add_template_table('pg_class');
SELECT tenant.add_template_table(0::oid::regclass);
SELECT tenant.add_template_table(NULL);
SELECT tenant.remove_template_table('tpl.left_out');

-- A table that its owner has unprotected since, or dropped.
RESET SESSION AUTHORIZATION;
SELECT tenant.unprotect('tpl.plain');
SET SESSION AUTHORIZATION template_admin;
SELECT tenant.provision('tpl-5', template => 'tpl-1');
SELECT tenant.remove_template_table('tpl.plain');
SELECT status FROM tenant.provision('tpl-5', template => 'tpl-1');
SET ROLE template_owner;
DROP TABLE tpl.marks;
RESET ROLE;
TABLE tenant.template_tables ORDER BY relation::text;

-- A circle: only where keys wait for the end.
SET ROLE template_owner;
ALTER TABLE tpl.groups ADD first_item uuid, ADD FOREIGN KEY (tenant_id, first_item) REFERENCES tpl.items;
RESET ROLE;
SELECT tenant.provision('tpl-6', template => 'tpl-1');
SET ROLE template_owner;
ALTER TABLE tpl.groups ALTER CONSTRAINT groups_tenant_id_first_item_fkey DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE tpl.items ALTER CONSTRAINT items_group_id_fkey DEFERRABLE INITIALLY DEFERRED;
RESET ROLE;
SELECT status FROM tenant.resume('tpl-1');
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION template_app;
SET app.tenant_id = 'tpl-1';
UPDATE tpl.groups SET first_item = (SELECT id FROM tpl.items ORDER BY code LIMIT 1);
RESET app.tenant_id;
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION template_admin;
SELECT status FROM tenant.provision('tpl-6', template => 'tpl-1');
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION template_app;
SET app.tenant_id = 'tpl-6';
SELECT g.title, i.code FROM tpl.groups g JOIN tpl.items i ON i.id = g.first_item ORDER BY g.id;
RESET app.tenant_id;
RESET SESSION AUTHORIZATION;

-- Ids of other types.
CREATE TABLE tpl.by_uuid (id serial PRIMARY KEY);
SELECT tenant.protect('tpl.by_uuid'), tenant.add_template_table('tpl.by_uuid') \g /dev/null
SELECT status FROM tenant.provision('tpl-7', template => 'tpl-1');
SELECT status FROM tenant.provision('eeeeeeee-0000-4000-8000-000000000001');
SELECT tenant.provision('tpl-8', template => 'eeeeeeee-0000-4000-8000-000000000001');
SELECT status FROM tenant.provision('eeeeeeee-0000-4000-8000-000000000002', template => 'EEEEEEEE-0000-4000-8000-000000000001');

-- What triggers publish of the copies comes after the tenant itself.
CREATE FUNCTION tpl.tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM tenant.publish('copied', '1'); RETURN NULL; END $$;
CREATE TRIGGER tell AFTER INSERT ON tpl.groups FOR EACH STATEMENT EXECUTE FUNCTION tpl.tell();
SELECT status FROM tenant.provision('tpl-9', template => 'tpl-1');
SELECT type FROM tenant.events WHERE tenant_id = 'tpl-9' ORDER BY sequence;

-- Sessions that are held to a tenant copy none.
BEGIN;
SELECT tenant.set('tpl-1');
SELECT tenant.seal();
SELECT tenant.provision('tpl-8', template => 'tpl-1');
ROLLBACK;
DROP SCHEMA tpl CASCADE;
TABLE tenant.template_tables;
DELETE FROM tenant.tenants WHERE tenant_id LIKE 'tpl-%' OR tenant_id LIKE 'eeeeeeee-0000%';
DROP ROLE template_admin, template_owner, template_app;
