-- tenant.check(): each finding is made, is found, and is gone when its fix was run. Settings of the server: test/tap.
BEGIN;
SELECT plan(255);
\ir fixture/shop.sql
SET client_min_messages = warning;
CREATE ROLE tap_bypass BYPASSRLS;

REVOKE ALL ON shop.orders FROM tap_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.orders TO tap_app;
SELECT is_empty($$SELECT * FROM tenant.check() WHERE severity <> 'info'$$, 'a clean set-up has nothing but notes');
SELECT is((SELECT fix FROM tenant.check() WHERE object = 'role postgres'), '', 'the role that made the cluster stays as it is');

-- Is found with this severity, has a fix, and is gone when that was run.
CREATE FUNCTION pg_temp.mends(wanted_code text, wanted_object text, wanted_severity text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	finding record;
BEGIN
	SELECT * INTO finding FROM tenant.check() WHERE code = wanted_code AND object = wanted_object;
	RETURN NEXT is(finding.severity, wanted_severity, format('%s of %s is found', wanted_code, wanted_object));
	RETURN NEXT isnt(coalesce(finding.message, ''), '', 'with a reason');
	IF coalesce(finding.fix, '') = '' THEN
		RETURN NEXT fail('with a fix');
		RETURN;
	END IF;
	EXECUTE finding.fix;
	RETURN NEXT is((SELECT count(*) FROM tenant.check() WHERE code = wanted_code AND object = wanted_object), 0::bigint, 'and mended: ' || finding.fix);
END
$$;
-- An ordinary role sees rows of its tenant only, and none without one.
CREATE FUNCTION pg_temp.isolates(tbl text, rows_of_ann bigint) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	seen bigint;
BEGIN
	EXECUTE format('GRANT SELECT ON %s TO tap_app', tbl);
	SET LOCAL ROLE tap_app;
	SET LOCAL app.tenant_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
	EXECUTE 'SELECT count(*) FROM ' || tbl INTO seen;
	RETURN NEXT is(seen, rows_of_ann, tbl || ' shows Ann her rows');
	SET LOCAL app.tenant_id = '';
	RETURN NEXT throws_ok('TABLE ' || tbl, 'TN001', NULL, tbl || ' shows nothing without a tenant');
	RESET ROLE;
END
$$;

-- Tables that are open.
CREATE TABLE shop.plain (tenant_id uuid, id int);
INSERT INTO shop.plain VALUES (:ann, 1), (:bob, 2), (:bob, 3);
SELECT pg_temp.mends('unprotected_table', 'shop.plain', 'critical');
SELECT pg_temp.isolates('shop.plain', 1);
CREATE TABLE shop.parted (tenant_id uuid, id int) PARTITION BY LIST (id);
CREATE TABLE shop.parted_1 PARTITION OF shop.parted FOR VALUES IN (1);
INSERT INTO shop.parted VALUES (:ann, 1), (:bob, 1);
SELECT is((SELECT string_agg(object, ',') FROM tenant.check() WHERE object LIKE 'shop.parted%'), 'shop.parted', 'of a tree only the top is named');
SELECT pg_temp.mends('unprotected_table', 'shop.parted', 'critical');
SELECT pg_temp.isolates('shop.parted_1', 1);
CREATE TABLE shop.base (id int);
CREATE TABLE shop.child (tenant_id uuid) INHERITS (shop.base);
INSERT INTO shop.child VALUES (1, :ann), (2, :bob);
SELECT pg_temp.mends('unprotected_table', 'shop.child', 'critical');
SELECT pg_temp.isolates('shop.base', 1);
CREATE TABLE shop."Odd ""one" ("the org" text, id int);
SELECT tenant.protect('shop."Odd ""one"', 'the org', 'text');
CREATE TABLE shop."Odder ""one" (id int, "the org" text);
CREATE TABLE shop.another_type ("the org" int);
SELECT pg_temp.mends('unprotected_table', 'shop."Odder ""one"', 'critical');
SELECT is_empty($$SELECT * FROM tenant.check() WHERE object = 'shop.another_type'$$, 'the name of a tenant column with another type is no sign');
CREATE TABLE shop.numeric_tenant (tenant_id numeric);
CREATE TABLE shop.generated (id int, tenant_id int GENERATED ALWAYS AS (id) STORED);
SELECT results_eq($$SELECT code, fix FROM tenant.check() WHERE object IN ('shop.numeric_tenant', 'shop.generated')$$,
	$$VALUES ('unprotected_table', ''), ('unprotected_table', '')$$, 'where protect() would refuse the column there is no fix');
CREATE TABLE shop.seen_by_all (tenant_id uuid, id int) PARTITION BY LIST (id);
CREATE TABLE shop.seen_by_all_1 PARTITION OF shop.seen_by_all FOR VALUES IN (1);
SELECT tenant.share('shop.seen_by_all');
CREATE TEMP TABLE passing (tenant_id uuid);
SELECT is_empty($$SELECT * FROM tenant.check() WHERE object ~ 'seen_by_all|passing'$$, 'shared and temporary tables are left alone');
CREATE FOREIGN DATA WRAPPER tap_wrapper;
CREATE SERVER tap_server FOREIGN DATA WRAPPER tap_wrapper;
CREATE FOREIGN TABLE shop.elsewhere (tenant_id uuid) SERVER tap_server;
SELECT pg_temp.mends('unprotected_table', 'shop.elsewhere', 'critical');
DROP FOREIGN TABLE shop.elsewhere;

ALTER TABLE shop.orders ADD CONSTRAINT orders_key UNIQUE (id);
CREATE TABLE shop.lines (number int, order_id int REFERENCES shop.orders (id));
INSERT INTO shop.lines VALUES (1, 1), (2, 2), (3, 3);
SELECT pg_temp.mends('unprotected_reference', 'shop.lines', 'critical');
SELECT is(current_setting('row_security'), 'on', 'a fix leaves row_security as it was');
SELECT pg_temp.isolates('shop.lines', 2);

SELECT format('SET row_security = off; ALTER TABLE shop.lines DISABLE TRIGGER %I; RESET row_security;', tgname) FROM pg_trigger WHERE tgrelid = 'shop.lines'::regclass AND tgname ~ '^tenant_check' \gexec
SELECT pg_temp.mends('unchecked_foreign_key', 'constraint lines_order_id_fkey on shop.lines', 'critical');
ALTER TABLE shop.lines DROP CONSTRAINT lines_order_id_fkey;
SET session_replication_role = replica;
ALTER TABLE shop.lines ADD CONSTRAINT lines_order_id_fkey FOREIGN KEY (order_id) REFERENCES shop.orders (id);
RESET session_replication_role;
SELECT pg_temp.mends('unchecked_foreign_key', 'constraint lines_order_id_fkey on shop.lines', 'critical');
SELECT pg_temp.mends('foreign_key_across_tenants', 'constraint lines_order_id_fkey on shop.lines', 'info');
SELECT pg_temp.mends('unique_key_across_tenants', 'index orders_key on shop.orders', 'warning');
SELECT pg_temp.isolates('shop.lines', 2);

SET row_security = off;
ALTER TABLE shop.parted_1 DISABLE ROW LEVEL SECURITY;
DROP POLICY tenant_isolation ON shop.parted_1;
RESET row_security;
SELECT pg_temp.mends('open_part', 'shop.parted_1', 'critical');
SELECT pg_temp.isolates('shop.parted_1', 1);
CREATE TABLE shop.open_root (tenant_id uuid, id int) PARTITION BY LIST (id);
CREATE TABLE shop.inside (tenant_id uuid NOT NULL, id int);
SELECT tenant.protect('shop.inside');
SET session_replication_role = replica;
ALTER TABLE shop.open_root ATTACH PARTITION shop.inside FOR VALUES IN (1);
RESET session_replication_role;
SELECT pg_temp.mends('open_parent', 'shop.open_root', 'critical');
SELECT pg_temp.isolates('shop.open_root', 0);

SET row_security = off;
CREATE MATERIALIZED VIEW shop.totals AS SELECT count(*) FROM shop.orders;
CREATE MATERIALIZED VIEW shop.copies AS SELECT * FROM shop.orders;
RESET row_security;
SELECT is((SELECT fix FROM tenant.check() WHERE code = 'unregistered_materialized_view' AND object = 'shop.totals'), '', 'a view without the tenant has no fix');
SELECT is_empty($$SELECT * FROM tenant.check() WHERE code = 'unprotected_table' AND object = 'shop.copies'$$, 'a view with it is reported once');
SELECT pg_temp.mends('unregistered_materialized_view', 'shop.copies', 'warning');
SELECT pg_temp.isolates('shop.copies', 2);
DROP MATERIALIZED VIEW shop.totals, shop.copies;

-- Columns.
SET row_security = off;
ALTER TABLE shop.orders ALTER tenant_id DROP NOT NULL;
ALTER TABLE shop.plain ALTER tenant_id DROP DEFAULT;
RESET row_security;
ALTER TABLE shop.lines ALTER tenant_id SET DEFAULT '12345678-1234-4234-8234-123456789012';
SELECT pg_temp.mends('nullable_tenant_column', 'shop.orders', 'warning');
SELECT pg_temp.mends('tenant_column_default', 'shop.plain', 'warning');
SELECT pg_temp.mends('tenant_column_default', 'shop.lines', 'warning');
SET row_security = off;
ALTER TABLE shop.orders ALTER tenant_id DROP NOT NULL, ALTER tenant_id DROP DEFAULT;
RESET row_security;
SELECT pg_temp.mends('tenant_column_default', 'shop.orders', 'warning');
SELECT pg_temp.mends('nullable_tenant_column', 'shop.orders', 'warning');
CREATE TABLE shop.tags (tenant_id varchar(40), id int);
CREATE TABLE shop.big (tenant_id bigint, id int);
CREATE TABLE shop.small (tenant_id int, id int);
SELECT tenant.protect('shop.tags'), tenant.protect('shop.big'), tenant.protect('shop.small');
SELECT is_empty($$SELECT * FROM tenant.check() WHERE code = 'tenant_column_default'$$, 'the default of every type is known');
DROP INDEX shop.plain_tenant_id_idx;
SELECT pg_temp.mends('missing_tenant_index', 'shop.plain', 'warning');

-- Policies.
SET row_security = off;
ALTER TABLE shop.plain DISABLE ROW LEVEL SECURITY;
ALTER TABLE shop.orders NO FORCE ROW LEVEL SECURITY;
RESET row_security;
SELECT pg_temp.mends('row_security_not_forced', 'shop.plain', 'critical');
SELECT pg_temp.mends('row_security_not_forced', 'shop.orders', 'critical');
SELECT pg_temp.isolates('shop.plain', 1);
SET row_security = off;
ALTER POLICY tenant_isolation ON shop.plain USING (true) WITH CHECK (true);
RESET row_security;
SELECT pg_temp.mends('wrong_isolation_policy', 'shop.plain', 'critical');
SELECT pg_temp.isolates('shop.plain', 1);
-- What stands in the way of a fix is mended before it: each fix is run once, in the order of the list.
CREATE TABLE shop.wrong (tenant_id uuid, id int) PARTITION BY LIST (id);
CREATE TABLE shop.wrong_1 PARTITION OF shop.wrong FOR VALUES IN (1);
CREATE TABLE shop.part_wrong (tenant_id uuid, id int) PARTITION BY LIST (id);
CREATE TABLE shop.part_wrong_1 PARTITION OF shop.part_wrong FOR VALUES IN (1);
DO $$
DECLARE
	tbl text;
	fixes text[];
	fix text;
BEGIN
	FOREACH tbl IN ARRAY ARRAY['shop.wrong', 'shop.wrong_1', 'shop.part_wrong_1'] LOOP
		EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tbl);
		EXECUTE format('CREATE POLICY tenant_isolation ON %s USING (true)', tbl);
	END LOOP;
	SELECT array_agg(f.fix ORDER BY f.n) INTO fixes FROM tenant.check() WITH ORDINALITY f (severity, code, object, message, fix, n) WHERE f.object ~ 'wrong';
	FOREACH fix IN ARRAY fixes LOOP
		EXECUTE fix;
	END LOOP;
END
$$;
SELECT is_empty($$SELECT * FROM tenant.check() WHERE object ~ 'wrong'$$, 'wrong policies of tables that are not protected');
SELECT is((SELECT count(*) FROM tenant.protected_tables WHERE tbl::text ~ 'wrong'), 4::bigint, 'are mended, and the tables protected');
ALTER POLICY tenant_rows ON shop.plain USING (id > 1);
SELECT pg_temp.mends('wrong_rows_policy', 'shop.plain', 'warning');
SELECT pg_temp.isolates('shop.plain', 1);
CREATE POLICY few ON shop.plain USING (id > 1);
SELECT pg_temp.mends('policy_without_effect', 'policy few on shop.plain', 'warning');
SELECT pg_temp.isolates('shop.plain', 0);
DROP POLICY few ON shop.plain;
SELECT pg_temp.mends('no_permissive_policy', 'shop.plain', 'warning');
SELECT pg_temp.isolates('shop.plain', 1);
CREATE POLICY narrow ON shop.plain AS RESTRICTIVE USING (id > 0);
SELECT is_empty($$SELECT * FROM tenant.check() WHERE object ~ 'shop.plain$'$$, 'a restrictive policy narrows, and is no finding');
CREATE POLICY tenant_closed ON shop.plain AS RESTRICTIVE USING (false);
SELECT pg_temp.mends('closed_table', 'shop.plain', 'warning');
SELECT pg_temp.isolates('shop.plain', 1);

-- Views, functions, rules.
CREATE VIEW shop.listing AS SELECT * FROM shop.orders;
CREATE VIEW shop.listing_2 AS SELECT * FROM shop.listing;
CREATE VIEW shop.invoked WITH (security_invoker) AS SELECT * FROM shop.orders;
CREATE VIEW shop.harmless AS SELECT 1 AS one;
ALTER VIEW shop.listing_2 OWNER TO tap_bypass;
SELECT is_empty($$SELECT * FROM tenant.check() WHERE object IN ('shop.invoked', 'shop.harmless')$$, 'views that lend no rights are left alone');
SELECT pg_temp.mends('view_of_bypass_role', 'shop.listing', 'info');
SELECT pg_temp.mends('view_of_bypass_role', 'shop.listing_2', 'info');
CREATE FUNCTION shop.defined(int) RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
CREATE PROCEDURE shop.proc() LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
CREATE FUNCTION shop.private() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
REVOKE ALL ON FUNCTION shop.private() FROM PUBLIC;
SELECT is_empty($$SELECT * FROM tenant.check() WHERE object ~ 'shop.private'$$, 'what only its owner may call is left alone');
SELECT pg_temp.mends('definer_of_bypass_role', 'function shop.defined(integer)', 'info');
SELECT pg_temp.mends('definer_of_bypass_role', 'function shop.proc()', 'info');
CREATE FUNCTION shop.all_of_them() RETURNS int LANGUAGE sql SET row_security = off AS 'SELECT 1';
CREATE FUNCTION shop.as_ann() RETURNS int LANGUAGE sql SET app.tenant_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' AS 'SELECT 1';
CREATE FUNCTION shop.as_nobody() RETURNS int LANGUAGE sql SET app.tenant_id = '' SET row_security = on AS 'SELECT 1';
SELECT is_empty($$SELECT * FROM tenant.check() WHERE object ~ 'shop.as_nobody'$$, 'a clause that takes the tenant away is left alone');
SELECT pg_temp.mends('function_setting', 'function shop.all_of_them()', 'warning');
SELECT pg_temp.mends('function_setting', 'function shop.as_ann()', 'warning');
CREATE RULE copy AS ON INSERT TO shop.orders DO ALSO SELECT 1;
SELECT pg_temp.mends('rule_on_protected_table', 'rule copy on shop.orders', 'info');

-- Roles and their settings.
CREATE ROLE tap_super LOGIN SUPERUSER;
CREATE ROLE tap_login LOGIN BYPASSRLS;
GRANT tap_bypass TO tap_app;
SELECT pg_temp.mends('bypass_role', 'role tap_super', 'info');
SELECT pg_temp.mends('bypass_role', 'role tap_login', 'info');
SELECT pg_temp.mends('member_of_bypass_role', 'role tap_app', 'info');
SELECT is_empty($$SELECT * FROM tenant.check() WHERE object = 'role tap_bypass'$$, 'who may not log in is no finding');
ALTER ROLE tap_app SET row_security = off;
SELECT pg_temp.mends('role_setting', 'role tap_app', 'warning');
ALTER ROLE tap_app SET app.tenant_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
SELECT pg_temp.mends('role_setting', 'role tap_app', 'warning');
SELECT format('ALTER DATABASE %I SET pg_tenant.confine_bypass_roles = off; ALTER ROLE tap_owner IN DATABASE %1$I SET row_security = off;', current_database()) \gexec
SELECT pg_temp.mends('role_setting', 'database ' || current_database(), 'warning');
SELECT pg_temp.mends('role_setting', 'role tap_owner in database ' || current_database(), 'warning');
ALTER ROLE ALL SET session_replication_role = replica;
SELECT pg_temp.mends('role_setting', 'all roles', 'warning');

-- Grants.
GRANT ALL ON shop.orders TO tap_app;
GRANT TRUNCATE ON shop.lines TO PUBLIC;
SELECT pg_temp.mends('truncate_grant', 'shop.orders', 'info');
SELECT pg_temp.mends('truncate_grant', 'shop.lines', 'info');
SELECT pg_temp.mends('trigger_grant', 'shop.orders', 'info');
SELECT pg_temp.mends('references_grant', 'shop.orders', 'info');
GRANT TRUNCATE ON shop.orders TO tap_admin WITH GRANT OPTION;
SET ROLE tap_admin;
GRANT TRUNCATE ON shop.orders TO tap_reader;
RESET ROLE;
SELECT pg_temp.mends('truncate_grant', 'shop.orders', 'info');
SELECT is(has_table_privilege('tap_reader', 'shop.orders', 'TRUNCATE'), false, 'what was granted on goes too');

-- Replication.
CREATE PUBLICATION all_of_it FOR ALL TABLES;
CREATE PUBLICATION a_schema FOR TABLES IN SCHEMA shop;
CREATE PUBLICATION a_table FOR TABLE shop.orders;
CREATE PUBLICATION a_filter FOR TABLE shop.orders WHERE (id > 0);
CREATE PUBLICATION a_tenant FOR TABLE shop.orders WHERE (tenant_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
CREATE TABLE public.tap_other (id int);
CREATE PUBLICATION another FOR TABLE public.tap_other;
SELECT is_empty($$SELECT * FROM tenant.check() WHERE object IN ('publication a_tenant', 'publication another')$$, 'publications of one tenant or of no protected table are left alone');
SELECT pg_temp.mends('publication', 'publication all_of_it', 'warning');
SELECT pg_temp.mends('publication_of_schema', 'publication a_schema', 'warning');
SELECT pg_temp.mends('publication_of_table', 'publication a_table', 'warning');
SELECT pg_temp.mends('publication_of_table', 'publication a_filter', 'warning');
CREATE ROLE tap_subscriber SUPERUSER;
CREATE SUBSCRIPTION tap_subscription CONNECTION 'dbname=nowhere' PUBLICATION nothing WITH (connect = false, slot_name = NONE);
ALTER SUBSCRIPTION tap_subscription OWNER TO tap_subscriber;
ALTER ROLE tap_subscriber NOSUPERUSER;
INSERT INTO pg_subscription_rel (srsubid, srrelid, srsubstate) SELECT oid, 'shop.orders'::regclass, 'r' FROM pg_subscription WHERE subname = 'tap_subscription';
SELECT pg_temp.mends('subscription', 'subscription tap_subscription', 'warning');
DROP SUBSCRIPTION tap_subscription;

-- pg_tenant itself.
SET pg_tenant.confine_bypass_roles = off;
SELECT is((SELECT severity FROM tenant.check() WHERE code = 'bypass_role' AND object = 'role postgres'), 'warning', 'without confinement a bypass role is more than a note');
SELECT pg_temp.mends('bypass_roles_not_confined', 'setting pg_tenant.confine_bypass_roles', 'critical');
SET pg_tenant.on_missing_tenant = empty;
SELECT pg_temp.mends('missing_tenant_unnoticed', 'setting pg_tenant.on_missing_tenant', 'warning');
SET pg_tenant.require_registered = off;
SELECT pg_temp.mends('unregistered_tenants_served', 'setting pg_tenant.require_registered', 'info');
ALTER EVENT TRIGGER tenant_protect_new_parts DISABLE;
ALTER EVENT TRIGGER tenant_forget_dropped_tables ENABLE REPLICA;
SELECT pg_temp.mends('disabled_event_trigger', 'event trigger tenant_protect_new_parts', 'critical');
SELECT pg_temp.mends('disabled_event_trigger', 'event trigger tenant_forget_dropped_tables', 'critical');
ALTER TABLE tenant.tenants DISABLE TRIGGER announce_change;
SELECT pg_temp.mends('disabled_registry_trigger', 'trigger announce_change on tenant.tenants', 'critical');
ALTER FUNCTION tenant.current_uuid() SET work_mem = '1MB';
SELECT pg_temp.mends('altered_function', 'function tenant.current_uuid()', 'critical');
ALTER FUNCTION tenant.current_text() OWNER TO tap_owner;
SELECT pg_temp.mends('altered_function', 'function tenant.current_text()', 'critical');
ALTER EXTENSION pg_tenant DROP FUNCTION tenant.current_bigint();
SELECT pg_temp.mends('altered_function', 'function tenant.current_bigint()', 'critical');
CREATE OR REPLACE FUNCTION tenant.current_int() RETURNS int LANGUAGE sql AS 'SELECT 7';
SELECT pg_temp.mends('altered_function', 'function tenant.current_int()', 'critical');
UPDATE pg_extension SET extversion = '0.0.1' WHERE extname = 'pg_tenant';
SELECT is((SELECT severity || fix FROM tenant.check() WHERE code = 'library_version'), 'warning', 'versions that differ, and no way between them');
UPDATE pg_extension e SET extversion = l.version FROM tenant.library() l WHERE extname = 'pg_tenant';
SELECT is_empty($$SELECT * FROM tenant.check() WHERE code = 'library_version'$$, 'versions that agree');

-- Soft deletion.
CREATE TABLE shop.folders (id int PRIMARY KEY, name text, path text UNIQUE);
CREATE TABLE shop.files (id int, folder int REFERENCES shop.folders ON DELETE CASCADE) PARTITION BY LIST (id);
CREATE TABLE shop.files_1 PARTITION OF shop.files FOR VALUES IN (1);
CREATE UNIQUE INDEX folder_name ON shop.folders (lower(name)) WHERE name <> '';
CREATE FUNCTION shop.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER note AFTER DELETE ON shop.folders FOR EACH ROW EXECUTE FUNCTION shop.note();
SELECT tenant.share('shop.folders'), tenant.share('shop.files');
SELECT is_empty($$SELECT * FROM tenant.check_deletion()$$, 'nothing where no table soft-deletes');
SELECT tenant.enable_soft_delete('shop.folders');
SELECT results_eq($$SELECT code, object FROM tenant.check_deletion() ORDER BY code COLLATE "C", object COLLATE "C"$$, $$VALUES
	('cascade_to_hard_delete', 'constraint files_folder_fkey on shop.files'), ('dead_rows_block_key', 'index shop.folder_name'),
	('dead_rows_block_key', 'index shop.folders_path_key'), ('delete_trigger', 'trigger note on shop.folders')$$, 'what soft deletion brings');
SELECT is((SELECT severity || fix FROM tenant.check() WHERE code = 'delete_trigger'), 'info', 'no SQL moves a trigger');
SELECT pg_temp.mends('cascade_to_hard_delete', 'constraint files_folder_fkey on shop.files', 'warning');
DROP TRIGGER tenant_follow_deletion ON shop.files;
SELECT pg_temp.mends('deletion_not_followed', 'shop.files', 'warning');
ALTER TABLE shop.folders DISABLE TRIGGER tenant_follow_deletion;
SELECT pg_temp.mends('deletion_not_followed', 'shop.folders', 'warning');
INSERT INTO shop.folders VALUES (1);
INSERT INTO shop.files VALUES (1, 1);
DELETE FROM shop.folders;
SELECT is_empty('TABLE shop.files', 'the trigger follows again');
-- CONCURRENTLY is for no transaction block; the rest of the fix is.
SELECT matches(fix, '^CREATE UNIQUE INDEX CONCURRENTLY .*; (DROP INDEX|ALTER TABLE) .*; ALTER INDEX .*;$', object || ' has a fix')
	FROM tenant.check() WHERE code = 'dead_rows_block_key' ORDER BY object;
DO $$
DECLARE
	command text;
BEGIN
	FOR command IN SELECT replace(fix, 'CONCURRENTLY', '') FROM tenant.check() WHERE code = 'dead_rows_block_key' LOOP
		EXECUTE command;
	END LOOP;
END
$$;
SELECT is_empty($$SELECT * FROM tenant.check() WHERE code = 'dead_rows_block_key'$$, 'and mended');
SELECT is(pg_get_indexdef('shop.folder_name'::regclass),
	'CREATE UNIQUE INDEX folder_name ON shop.folders USING btree (lower(name)) WHERE ((name <> ''''::text) AND (deleted_at IS NULL))', 'by the same name');

-- Who may call it, and in what state.
SELECT is(array_agg(severity ORDER BY n), array_agg(severity ORDER BY array_position('{critical,warning,info}', severity), n), 'worst first')
	FROM (SELECT severity, row_number() OVER () AS n FROM tenant.check()) f;
SET ROLE tap_reader;
SELECT isnt_empty($$SELECT * FROM tenant.check() WHERE code = 'bypass_role'$$, 'tenant_reader may call it, without a tenant');
SELECT throws_ok('SELECT * FROM tenant.check_roles()', '42501', NULL, 'though not its parts');
SET ROLE tap_admin;
SELECT isnt_empty('SELECT * FROM tenant.check()', 'tenant_admin may');
SET ROLE tap_app;
SELECT throws_ok('SELECT * FROM tenant.check()', '42501', NULL, 'an ordinary role may not');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
