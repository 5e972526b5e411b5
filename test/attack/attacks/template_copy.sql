-- as: app owner
-- Another tenant's rows by way of a template, or a row planted with another tenant. Row-level security alone has no templates. mutation: copied rows given to another tenant
\set ON_ERROR_ROLLBACK on
SELECT tenant.provision('dddddddd-dddd-4ddd-8ddd-dddddddddddd', template => :'other');
SELECT tenant.add_template_table('shop.notes');
SELECT tenant.copy_template(:'other', :'me');
SELECT tenant.run_for_new_tenant('shop.notes'::regclass, :'me', 'SELECT string_agg(body, '','') FROM shop.notes');
SELECT tenant.new_keys_command('shop.notes'::regclass, 2::smallint, 'body', :'other');
TABLE tenant.template_tables;
-- As an administrator's session has them: a template of one's own, in tables whose triggers and rules are the owner's.
\connect - attack_root
SET client_min_messages = error;
GRANT tenant_admin TO attack_owner;
\connect - attack_owner
BEGIN;
SELECT tenant.add_template_table('shop.notes') \g /dev/null
CREATE FUNCTION play.plant() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
	RAISE NOTICE 'seen: %', (SELECT string_agg(n.body, ' ') FROM shop.notes n);
	NEW.tenant_id := 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'; NEW.body := 'planted'; RETURN NEW; END$$;
CREATE TRIGGER plant BEFORE INSERT ON shop.notes FOR EACH ROW EXECUTE FUNCTION play.plant();
SELECT tenant_id FROM tenant.provision('dddddddd-dddd-4ddd-8ddd-dddddddddddd', template => :'me');
SELECT shop.found(EXISTS (SELECT FROM tenant.tenants WHERE tenant_id = 'dddddddd-dddd-4ddd-8ddd-dddddddddddd'));
DROP TRIGGER plant ON shop.notes;
CREATE RULE spy AS ON INSERT TO shop.notes DO INSTEAD INSERT INTO shop.spill SELECT n::text FROM shop.notes n RETURNING NULL::uuid, 1, line;
SELECT tenant_id FROM tenant.provision('dddddddd-dddd-4ddd-8ddd-dddddddddddd', template => :'me');
TABLE shop.spill;
ROLLBACK;
\connect - attack_root
REVOKE tenant_admin FROM attack_owner;
