-- record_change() and audit_log: who did what to which tenant, and that nobody changes what is written.
BEGIN;
SELECT plan(31);
\ir fixture/shop.sql

-- Stands for any function of the extension that is called by a role and owned by a superuser.
CREATE FUNCTION shop.note(action text, reason text DEFAULT NULL, detail jsonb DEFAULT '{}') RETURNS void LANGUAGE sql SECURITY DEFINER
	AS $$ SELECT tenant.record_change('tap-1', action, reason, detail) $$;
CREATE VIEW shop.trail AS SELECT action, session_role, acting_role, reason, detail, request_id, trace_id, span_id
	FROM tenant.audit_log WHERE tenant_id = 'tap-1' ORDER BY changed_at;

SET SESSION AUTHORIZATION tap_app;
SELECT shop.note('first') \g /dev/null
RESET SESSION AUTHORIZATION;
GRANT tap_admin TO tap_owner;
SET SESSION AUTHORIZATION tap_owner;
SET ROLE tap_admin;
SET app.request_id = 'r-1';
SET app.trace_id = 't-1';
SET app.span_id = 's-1';
SELECT shop.note('second', 'unpaid', '{"bill": 7}') \g /dev/null
RESET SESSION AUTHORIZATION;
SELECT results_eq('SELECT * FROM shop.trail', $$VALUES
	('first', 'tap_app', 'tap_app', NULL, '{}'::jsonb, NULL, NULL, NULL),
	('second', 'tap_owner', 'tap_admin', 'unpaid', '{"bill": 7}', 'r-1', 't-1', 's-1')$$, 'who, why, and the request that it came from');
SELECT ok(bool_and(changed_at BETWEEN now() AND clock_timestamp()), 'and when') FROM tenant.audit_log;
SELECT is((SELECT count(DISTINCT event_id) FROM tenant.audit_log WHERE tenant_id = 'tap-1'), 2::bigint, 'each with an event of its own');

-- Nobody changes it.
SELECT throws_ok(command, '42501', 'rows of tenant.audit_log are never changed', 'a superuser cannot ' || command) FROM unnest(ARRAY[
	$$UPDATE tenant.audit_log SET action = 'none'$$, 'DELETE FROM tenant.audit_log', 'TRUNCATE tenant.audit_log',
	$$UPDATE tenant.audit_log_default SET action = 'none'$$, 'DELETE FROM tenant.audit_log_default', 'TRUNCATE tenant.audit_log_default']) command;
SET session_replication_role = replica;
SELECT throws_ok(command, '42501', 'rows of tenant.audit_log are never changed', 'nor as a replica ' || command) FROM unnest(ARRAY[
	$$UPDATE tenant.audit_log SET action = 'none'$$, 'DELETE FROM tenant.audit_log', 'TRUNCATE tenant.audit_log', 'TRUNCATE tenant.audit_log_default']) command;
RESET session_replication_role;
CREATE TABLE tenant.audit_log_then PARTITION OF tenant.audit_log FOR VALUES FROM ('2001-01-01') TO ('2001-02-01');
INSERT INTO tenant.audit_log SELECT 'tap-1', 'once', '2001-01-15', 'a', 'a', NULL, '{}', NULL, NULL, NULL, gen_random_uuid();
SELECT throws_ok($$DELETE FROM tenant.audit_log_then$$, '42501', 'rows of tenant.audit_log are never changed', 'a new partition is guarded too');
SELECT lives_ok('DROP TABLE tenant.audit_log_then', 'and goes as a whole');
SELECT cmp_ok(tenant.keep_partitions('tenant.audit_log'), '>', 0, 'partitions are made');
SET session_replication_role = replica;
SELECT throws_ok(format(command, part), '42501', 'rows of tenant.audit_log are never changed', command || ' of a partition for a month')
	FROM (SELECT min(part::text) FROM tenant.time_partitions('tenant.audit_log') WHERE lower IS NOT NULL) p(part),
		unnest(ARRAY['TRUNCATE %s', 'DELETE FROM %s', 'TRUNCATE tenant.audit_log_default']) command;
RESET session_replication_role;

-- Nor reads it, but tenant_admin.
SELECT is(has_table_privilege(role, relation, 'SELECT'), role = 'tap_admin' AND relation = 'tenant.audit_log', format('may %s read %s', role, relation))
	FROM unnest(ARRAY['tap_admin', 'tap_reader', 'tap_app']) role, unnest(ARRAY['tenant.audit_log', 'tenant.audit_log_default']) relation
	ORDER BY role, relation;
SELECT is(has_table_privilege(role, relation, 'INSERT, UPDATE, DELETE, TRUNCATE'), false, format('%s does not write %s', role, relation))
	FROM unnest(ARRAY['tap_admin', 'tap_app']) role, unnest(ARRAY['tenant.audit_log', 'tenant.audit_log_default']) relation ORDER BY role, relation;
SET SESSION AUTHORIZATION tap_admin;
SELECT throws_ok($$SELECT tenant.record_change('tap-1', 'forged')$$, '42501', NULL, 'nor writes it down by himself');
RESET SESSION AUTHORIZATION;
SELECT ok(NOT EXISTS (SELECT FROM tenant.audit_log WHERE action IN ('forged', 'none')), 'nothing of that is in it');
SELECT * FROM finish();
ROLLBACK;
