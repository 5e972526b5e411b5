-- register_from(): a table of companies and the registry in step, in the same transaction; what it refuses; who cannot abuse it.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE ROLE company_owner IN ROLE tenant_admin;
CREATE ROLE company_clerk;
CREATE SCHEMA crm AUTHORIZATION company_owner;
GRANT USAGE, CREATE ON SCHEMA crm TO company_clerk;
CREATE VIEW registry AS SELECT tenant_id, name, status, former_status FROM tenant.tenants WHERE tenant_id LIKE 'co-%' ORDER BY tenant_id;
CREATE VIEW trail AS SELECT tenant_id, action, reason, detail, acting_role FROM tenant.audit_log WHERE tenant_id LIKE 'co-%' ORDER BY tenant_id, changed_at;
GRANT SELECT ON registry, trail TO PUBLIC;
SELECT tenant.provision('co-old', name => 'Before') IS NOT NULL AS made, tenant.provision('co-strange') IS NOT NULL AS made;

SET SESSION AUTHORIZATION company_owner;
CREATE TABLE crm.companies (id text PRIMARY KEY, title varchar(300), state text, other int);
INSERT INTO crm.companies VALUES ('co-1', 'One', 'trial'), ('co-2', 'Two', 'paying'), ('co-3', NULL, 'unpaid'), ('co-4', 'Four', 'gone'), ('co-old', 'Old', 'unpaid');
GRANT ALL ON crm.companies TO company_clerk;
SELECT tenant.register_from('crm.companies', 'id', 'title', 'state', '{"trial": "pending", "paying": "active", "unpaid": "suspended", "gone": "deleted"}');
TABLE registry;
TABLE trail;
TABLE tenant.company_tables;

-- What happens to the table happens to the registry, whoever does it.
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION company_clerk;
INSERT INTO crm.companies VALUES ('co-5', 'Five', 'paying'), ('co-6', 'Six', 'gone');
UPDATE crm.companies SET title = 'First', state = 'paying' WHERE id = 'co-1';
UPDATE crm.companies SET state = 'unpaid' WHERE id = 'co-2';
UPDATE crm.companies SET state = 'paying' WHERE id IN ('co-2', 'co-4');
UPDATE crm.companies SET other = 1;
DELETE FROM crm.companies WHERE id = 'co-3';
BEGIN;
DELETE FROM crm.companies;
ROLLBACK;
RESET SESSION AUTHORIZATION;
TABLE registry;
SELECT tenant_id, action, reason, acting_role FROM trail WHERE acting_role = 'company_clerk';
SET SESSION AUTHORIZATION company_clerk;
INSERT INTO crm.companies VALUES ('co-3', 'Three', 'paying');
INSERT INTO crm.companies VALUES ('co-5', 'Five', 'unpaid') ON CONFLICT (id) DO UPDATE SET state = excluded.state;
RESET SESSION AUTHORIZATION;
SELECT * FROM registry WHERE tenant_id IN ('co-3', 'co-5');
SELECT severity, code, object, message FROM tenant.check() WHERE code LIKE 'company%';

-- What it refuses changes neither.
SET SESSION AUTHORIZATION company_clerk;
INSERT INTO crm.companies VALUES ('co-strange', 'mine', 'paying');
RESET SESSION AUTHORIZATION;
SELECT status FROM tenant.soft_delete('co-strange');
SET SESSION AUTHORIZATION company_clerk;
INSERT INTO crm.companies VALUES ('co-strange', 'mine', 'paying');
RESET SESSION AUTHORIZATION;
SELECT status FROM tenant.restore('co-strange');
SET SESSION AUTHORIZATION company_clerk;
INSERT INTO crm.companies VALUES ('co-7', 'Seven', 'unheard of');
INSERT INTO crm.companies VALUES ('co-7', 'Seven', NULL);
INSERT INTO crm.companies VALUES ('co-7', ' Seven', 'paying');
INSERT INTO crm.companies VALUES (' co-7', 'Seven', 'paying');
INSERT INTO crm.companies VALUES ('co-7', 'Seven', 'paying'), ('co-8', 'Eight', 'never');
UPDATE crm.companies SET id = 'co-9' WHERE id = 'co-1';
UPDATE crm.companies SET state = 'trial' WHERE id = 'co-1';
SELECT count(*) FROM crm.companies;
INSERT INTO crm.companies VALUES ('AAAAAAAA-0000-4000-8000-0000000000C0', 'in capitals', 'paying');
INSERT INTO crm.companies VALUES ('aaaaaaaa-0000-4000-8000-0000000000c0', 'the same', 'paying');
DELETE FROM crm.companies WHERE title = 'in capitals';
RESET SESSION AUTHORIZATION;
SELECT count(*), min(status) FROM tenant.tenants WHERE tenant_id LIKE 'aaaaaaaa-0000%';

-- Nobody else's table is followed, and nothing of his runs with other rights.
SET SESSION AUTHORIZATION company_clerk;
CREATE TABLE crm.mine (id text PRIMARY KEY, title text, state text);
CREATE TRIGGER mine AFTER INSERT ON crm.mine FOR EACH ROW EXECUTE FUNCTION tenant.follow_companies();
SELECT tenant.follow_company(NULL, ROW('co-evil', 'x', 'active'), true, true);
SELECT tenant.make_companies(NULL, ARRAY[ROW('co-evil', 'x', 'active')::tenant.company]);
SELECT tenant.delete_companies('crm.companies', 'co-1');
SELECT tenant.register_from('crm.mine', 'id');
RESET SESSION AUTHORIZATION;
CREATE TRIGGER mine AFTER INSERT ON crm.mine FOR EACH ROW EXECUTE FUNCTION tenant.follow_companies();
SET SESSION AUTHORIZATION company_clerk;
INSERT INTO crm.mine VALUES ('co-strange', 'x', 'deleted');
RESET SESSION AUTHORIZATION;
SELECT status FROM tenant.tenants WHERE tenant_id = 'co-strange';
SET SESSION AUTHORIZATION company_owner;
SELECT tenant.register_from('crm.mine', 'id');
-- A cast of one's own is not asked for a text.
CREATE TYPE crm.grade AS ENUM ('active', 'suspended');
CREATE FUNCTION crm.tell(grade crm.grade) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'cast as %', current_user; END $$;
CREATE CAST (crm.grade AS text) WITH FUNCTION crm.tell(crm.grade);
CREATE TABLE crm.graded (id bigint PRIMARY KEY, grade crm.grade);
INSERT INTO crm.graded VALUES (-41, 'suspended');
SELECT tenant.register_from('crm.graded', 'id', status_column => 'grade');
INSERT INTO crm.graded VALUES (-42, 'active');
SELECT tenant_id, name, status FROM tenant.tenants WHERE tenant_id LIKE '-4_' ORDER BY 1;
SELECT severity, code, object, message FROM tenant.check() WHERE code LIKE 'company%';

-- What cannot be followed.
SELECT tenant.register_from('crm.companies', 'id');
CREATE TABLE crm.parted (id int PRIMARY KEY) PARTITION BY HASH (id);
CREATE TABLE crm.open (id text, id2 text UNIQUE, id3 timestamptz PRIMARY KEY, id4 text NOT NULL, id5 text NOT NULL);
CREATE UNIQUE INDEX ON crm.open (id4) WHERE id2 IS NULL;
CREATE INDEX ON crm.open (id5);
CREATE VIEW crm.seen AS SELECT * FROM crm.companies;
CREATE TABLE crm.protected (id text PRIMARY KEY, tenant_id text);
SELECT tenant.protect('crm.protected', column_type => 'text');
SELECT tenant.register_from(tbl, 'id') FROM (VALUES ('crm.parted'::regclass)) v (tbl);
SELECT tenant.register_from('crm.seen', 'id');
SELECT tenant.register_from('crm.protected', 'id');
SELECT tenant.register_from('crm.open', 'id');
SELECT tenant.register_from('crm.open', 'id2');
SELECT tenant.register_from('crm.open', 'id3');
SELECT tenant.register_from('crm.open', 'id4');
SELECT tenant.register_from('crm.open', 'id5');
SELECT tenant.register_from('crm.open', 'id9');
SELECT tenant.register_from(NULL, 'id');
CREATE TABLE crm.second (id text PRIMARY KEY, title text);
SELECT tenant.register_from('crm.second', 'id', 'no_column');
INSERT INTO crm.second VALUES ('co-1');
SELECT tenant.register_from('crm.second', 'id', 'title');
UPDATE crm.second SET id = 'BBBBBBBB-0000-4000-8000-0000000000C0';
INSERT INTO crm.second VALUES ('bbbbbbbb-0000-4000-8000-0000000000c0');
SELECT tenant.register_from('crm.second', 'id', 'title');
TABLE tenant.company_tables;

-- check() knows where they disagree.
UPDATE crm.companies SET state = 'paying' WHERE id = 'co-5';
SELECT tenant.suspend('co-5') IS NOT NULL AS suspended;
SELECT severity, code, object, message, fix FROM tenant.check() WHERE code LIKE 'company%';
SELECT tenant.unregister_from('crm.companies');
SELECT tenant.register_from('crm.companies', 'id', 'title', 'state', '{"trial": "pending", "paying": "active", "unpaid": "suspended", "gone": "deleted"}');
SELECT count(*) FROM tenant.check() WHERE code LIKE 'company%';
SELECT status FROM tenant.tenants WHERE tenant_id = 'co-5';
ALTER TABLE crm.companies DISABLE TRIGGER tenant_follow;
INSERT INTO crm.companies VALUES (' not an id', 'x', 'paying');
SELECT code FROM tenant.check() WHERE code LIKE 'company%';
ALTER TABLE crm.companies ENABLE TRIGGER tenant_follow;
SELECT code, message FROM tenant.check() WHERE code LIKE 'company%';
DELETE FROM crm.companies WHERE id = ' not an id';
DELETE FROM crm.companies WHERE state = 'gone';
ALTER TABLE crm.companies RENAME COLUMN title TO name;
SELECT code FROM tenant.check() WHERE code LIKE 'company%';
UPDATE crm.companies SET name = 'x';
ALTER TABLE crm.companies RENAME COLUMN name TO title;

-- Arguments that would fail with the first row.
CREATE TABLE crm.empty (id int PRIMARY KEY, title text, state text);
SELECT tenant.register_from('crm.empty', 'id', 'nothing');
SELECT tenant.register_from('crm.empty', 'id', '');
SELECT tenant.register_from('crm.empty', 'id', 'title', 'ctid');
SELECT tenant.register_from('crm.empty', 'id', 'title', 'state', statuses) FROM unnest('{[],5}'::jsonb[]) statuses;
SELECT tenant.register_from('crm.empty', 'id', 'title', 'state', '{"paying": "activ"}');
SELECT tenant.register_from('crm.empty', 'id', 'title', 'state', '{"paying": ["active"]}');
SELECT tenant.register_from('crm.empty', 'id', 'title', 'state', '{"paying": null}');
SELECT tenant.register_from('crm.empty', 'id', statuses => '{"paying": "active"}');
TABLE tenant.company_tables;
SELECT tenant.register_from('crm.empty', 'id', 'title', 'state', '{"new": "pending", "paying": "active", "left": "deleted"}');
-- One that was let in, or counts as if, is not pending again: also when it comes back.
INSERT INTO crm.empty VALUES (-49, 'Left', 'left');
UPDATE crm.empty SET state = 'new';
DROP TABLE crm.empty;

-- The end of it.
TRUNCATE crm.companies;
TABLE registry;
DROP TABLE crm.graded;
SELECT tenant.unregister_from('crm.companies');
SELECT tenant.unregister_from('crm.companies');
INSERT INTO crm.companies VALUES ('co-new', 'New', 'paying');
RESET SESSION AUTHORIZATION;
TABLE tenant.company_tables;
TABLE tenant.company_tenants;
SELECT count(*) FROM tenant.tenants WHERE tenant_id = 'co-new';
DROP SCHEMA crm CASCADE;
DROP VIEW registry, trail;
DELETE FROM tenant.tenants WHERE tenant_id LIKE 'co-%' OR tenant_id LIKE 'aaaaaaaa-0000%' OR tenant_id LIKE '-4_';
DROP ROLE company_owner, company_clerk;
