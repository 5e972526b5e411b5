-- audit_log: what changes protection, configuration, grants and the like leaves a row, with who did it and from what request.
BEGIN;
SELECT plan(64);
\ir fixture/shop.sql

-- What was added since the last call, but for events' rows of before.
CREATE FUNCTION shop.new_rows() RETURNS TABLE (tenant_id text, action text, detail text) LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
	since timestamptz := current_setting('shop.since', true);
BEGIN
	RETURN QUERY SELECT a.tenant_id, a.action, a.detail::text FROM tenant.audit_log a WHERE a.changed_at > since ORDER BY a.changed_at;
	PERFORM set_config('shop.since', clock_timestamp()::text, false);
END
$$;
CREATE FUNCTION shop.leaves(command text, tenant_id text, action text, detail text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM shop.new_rows();
	EXECUTE command;
	RETURN NEXT results_eq('SELECT * FROM shop.new_rows()', format('VALUES (%L::text, %L::text, %L::text)', tenant_id, action, detail), command);
END
$$;
CREATE FUNCTION shop.leaves_none(command text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM shop.new_rows();
	EXECUTE command;
	RETURN NEXT is_empty('SELECT * FROM shop.new_rows()', command || ' leaves none');
END
$$;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA shop TO PUBLIC;
SELECT set_config('shop.since', '-infinity', false) \g /dev/null

-- Protection.
SET SESSION AUTHORIZATION tap_owner;
CREATE TABLE shop.bills (tenant_id uuid, id integer);
CREATE TABLE shop.rates (rate integer);
SELECT shop.leaves($$SELECT tenant.protect('shop.bills')$$, NULL, 'protected', '{"table": "shop.bills", "column": "tenant_id"}');
SELECT shop.leaves_none($$SELECT tenant.protect('shop.bills')$$);
SELECT shop.leaves($$SELECT tenant.enable_soft_delete('shop.bills')$$, NULL, 'soft_deletion_enabled', '{"table": "shop.bills", "column": "deleted_at", "unique_keys": "all"}');
SELECT shop.leaves($$SELECT tenant.disable_soft_delete('shop.bills')$$, NULL, 'soft_deletion_disabled', '{"table": "shop.bills"}');
SELECT shop.leaves($$CREATE POLICY own ON shop.bills USING (id > 0)$$, NULL, 'policies_changed', '{"table": "shop.bills", "policy": "own", "command": "CREATE POLICY"}');
SELECT shop.leaves($$ALTER POLICY own ON shop.bills USING (id > 1)$$, NULL, 'policies_changed', '{"table": "shop.bills", "policy": "own", "command": "ALTER POLICY"}');
SELECT shop.leaves($$ALTER POLICY own ON shop.bills RENAME TO mine$$, NULL, 'policies_changed', '{"table": "shop.bills", "policy": "own", "command": "ALTER POLICY"}');
SELECT shop.leaves($$DROP POLICY mine ON shop.bills$$, NULL, 'policies_changed', '{"table": "shop.bills", "policy": "mine", "command": "DROP POLICY"}');
SELECT shop.leaves_none($$CREATE POLICY own ON shop.rates USING (rate > 0)$$);
SELECT shop.leaves_none($$ALTER TABLE shop.bills ADD COLUMN paid boolean$$);
SELECT shop.leaves($$SELECT tenant.unprotect('shop.bills')$$, NULL, 'unprotected', '{"table": "shop.bills"}');
SELECT shop.leaves($$SELECT tenant.share('shop.rates')$$, NULL, 'shared', '{"table": "shop.rates"}');
SELECT shop.leaves_none($$SELECT tenant.share('shop.rates')$$);
SELECT tenant.protect('shop.bills') \g /dev/null
SELECT shop.leaves($$SELECT tenant.add_template_table('shop.bills')$$, NULL, 'template_table_added', '{"table": "shop.bills"}');
SELECT shop.leaves_none($$SELECT tenant.add_template_table('shop.bills')$$);
SELECT shop.leaves($$SELECT tenant.remove_template_table('shop.bills')$$, NULL, 'template_table_removed', '{"table": "shop.bills"}');
SELECT shop.leaves($$DROP TABLE shop.bills$$, NULL, 'protection_lost', '{"table": "shop.bills", "command": "DROP TABLE"}');
SELECT shop.leaves_none($$DROP TABLE shop.rates$$);
CREATE TABLE shop.companies (id text PRIMARY KEY);
SELECT shop.leaves($$SELECT tenant.register_from('shop.companies', 'id')$$, NULL, 'companies_registered', '{"rows": 0, "table": "shop.companies"}');
SELECT shop.leaves($$SELECT tenant.unregister_from('shop.companies')$$, NULL, 'companies_unregistered', '{"table": "shop.companies"}');
RESET SESSION AUTHORIZATION;
SET pg_tenant.new_tables = protect;
SELECT shop.leaves($$CREATE TABLE shop.made (id integer)$$, NULL, 'protected', '{"by": "pg_tenant.new_tables", "table": "shop.made"}');
RESET pg_tenant.new_tables;
SET row_security = off;
SELECT shop.leaves($$ALTER TABLE shop.made NO FORCE ROW LEVEL SECURITY$$, NULL, 'policies_changed', '{"table": "shop.made", "policy": null, "command": "NO FORCE ROW LEVEL SECURITY"}');
SELECT shop.leaves($$ALTER TABLE shop.made DISABLE ROW LEVEL SECURITY, ADD COLUMN more integer$$, NULL, 'policies_changed',
	'{"table": "shop.made", "policy": null, "command": "DISABLE ROW LEVEL SECURITY"}');
ALTER TABLE shop.made ENABLE ROW LEVEL SECURITY;
SELECT shop.leaves_none($$CREATE POLICY restored ON shop.made USING (id > 0)$$);
CREATE SCHEMA other;
SELECT shop.leaves_none($$ALTER TABLE shop.made SET SCHEMA other$$);
SELECT shop.leaves($$DROP SCHEMA other CASCADE$$, NULL, 'protection_lost', '{"table": "other.made", "command": "DROP SCHEMA"}');
SET SESSION AUTHORIZATION tap_app;
SELECT shop.leaves_none($$DROP POLICY IF EXISTS gone ON shop.orders$$);
RESET SESSION AUTHORIZATION;
RESET row_security;

-- Configuration, grants, consumers, jobs.
SET SESSION AUTHORIZATION tap_admin;
SELECT set_config('app.request_id', 'r-9', false), set_config('app.trace_id', 't-9', false), set_config('app.span_id', 's-9', false) \g /dev/null
SELECT shop.leaves(format('SELECT tenant.set_config(%L, %L)', :ann, '{"limits": {"statements": 5}, "gone": null}'), :ann, 'configured',
	'{"keys": ["gone", "limits"], "patch": {"gone": null, "limits": {"statements": 5}}}');
SELECT shop.leaves_none(format('SELECT tenant.set_config(%L, %L)', :ann, '{"limits": {"statements": 5}}'));
SELECT shop.leaves($$SELECT tenant.set_default_config('{"a": 1}')$$, NULL, 'defaults_configured', '{"patch": {"a": 1}, "platform_id": null}');
SELECT shop.leaves($$SELECT tenant.set_platform_config('east', '{"a": 2}')$$, NULL, 'defaults_configured', '{"patch": {"a": 2}, "platform_id": "east"}');
SELECT shop.leaves($$SELECT tenant.define_config('a', 'integer', 0)$$, NULL, 'config_defined', '{"key": "a", "type": "integer", "minimum": 0}');
SELECT shop.leaves($$SELECT tenant.undefine_config('a')$$, NULL, 'config_undefined', '{"key": "a"}');
SELECT shop.leaves(format('SELECT tenant.grant_tenant(%L, %L)', 'tap_app', :ann), :ann, 'tenant_granted', '{"role": "tap_app"}');
SELECT shop.leaves_none(format('SELECT tenant.grant_tenant(%L, %L)', 'tap_app', :ann));
SELECT shop.leaves(format('SELECT tenant.revoke_tenant(%L, %L)', 'tap_app', :ann), :ann, 'tenant_revoked', '{"role": "tap_app"}');
SELECT shop.leaves($$SELECT tenant.grant_platform('tap_app', 'east')$$, NULL, 'platform_granted', '{"role": "tap_app", "platform_id": "east"}');
SELECT shop.leaves($$SELECT tenant.revoke_platform('tap_app', 'east')$$, NULL, 'platform_revoked', '{"role": "tap_app", "platform_id": "east"}');
SELECT shop.leaves($$SELECT tenant.create_consumer('mail')$$, NULL, 'consumer_created', '{"consumer": "mail"}');
SELECT shop.leaves($$SELECT tenant.grant_consumer('mail', 'tap_app')$$, NULL, 'consumer_granted', '{"role": "tap_app", "consumer": "mail"}');
SELECT shop.leaves($$SELECT tenant.revoke_consumer('mail', 'tap_app')$$, NULL, 'consumer_revoked', '{"role": "tap_app", "consumer": "mail"}');
SELECT shop.leaves($$SELECT tenant.drop_consumer('mail')$$, NULL, 'consumer_dropped', '{"consumer": "mail"}');
SELECT shop.leaves($$SELECT tenant.create_alert_rule('busy', 'calls', 9)$$, NULL, 'alert_rule_created',
	'{"rule": "busy", "seconds": 60, "silence": 600, "severity": "warning", "threshold": 9, "comparison": "above", "expression": "calls"}');
SELECT shop.leaves($$SELECT tenant.enable_alert_rule('busy', false)$$, NULL, 'alert_rule_disabled', '{"rule": "busy"}');
SELECT shop.leaves($$SELECT tenant.enable_alert_rule('busy')$$, NULL, 'alert_rule_enabled', '{"rule": "busy"}');
SELECT shop.leaves($$SELECT tenant.drop_alert_rule('busy')$$, NULL, 'alert_rule_dropped', '{"rule": "busy"}');
SELECT shop.leaves(format('SELECT tenant.stat_reset(%L)', :ann), :ann, 'statistics_reset', '{}');
SELECT shop.leaves('SELECT tenant.stat_reset()', NULL, 'statistics_reset', '{}');
SELECT shop.leaves(format('SELECT tenant.open_breaker(%L)', :ann), :ann, 'breaker_opened', '{}');
SELECT shop.leaves(format('SELECT tenant.close_breaker(%L)', :ann), :ann, 'breaker_closed', '{}');
RESET SESSION AUTHORIZATION;
SELECT results_eq($$SELECT DISTINCT session_role, acting_role, request_id, trace_id, span_id FROM tenant.audit_log
	WHERE action IN ('configured', 'defaults_configured', 'tenant_granted', 'breaker_opened', 'statistics_reset')$$,
	$$VALUES ('tap_admin', 'tap_admin', 'r-9', 't-9', 's-9')$$, 'who did it, and for which request');
SELECT results_eq($$SELECT DISTINCT payload FROM tenant.events WHERE type = 'tenant.configured' AND payload ? 'keys'$$,
	$$VALUES ('{"keys": ["gone", "limits"]}'::jsonb)$$, 'the event has no values');
SELECT is((SELECT count(*) FROM tenant.audit_log WHERE tenant_id IS NULL AND event_id IS NOT NULL), 0::bigint, 'what concerns no tenant is no event');

-- Keys and trust.
SELECT shop.leaves(format($$SELECT tenant.add_jwt_key('k1', 'HS256', %L, 'me')$$, repeat('secret', 8)), NULL, 'jwt_key_added',
	'{"issuer": "me", "key_id": "k1", "algorithm": "HS256", "tenant_claim": "tenant_id"}');
SELECT shop.leaves($$SELECT tenant.remove_jwt_key('k1')$$, NULL, 'jwt_key_removed', '{"key_id": "k1"}');
SELECT ok(NOT EXISTS (SELECT FROM tenant.audit_log a WHERE a::text LIKE '%secret%'), 'never the secret');
CREATE FUNCTION shop.odd(integer) RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS 'SELECT $1 % 2 = 1';
SELECT shop.leaves($$SELECT tenant.trust('shop.odd(integer)', 'it only divides')$$, NULL, 'function_trusted', '{"function": "shop.odd(integer)"}');
SELECT is((SELECT reason FROM tenant.audit_log WHERE action = 'function_trusted'), 'it only divides', 'with its reason');
SELECT shop.leaves($$SELECT tenant.distrust('shop.odd(integer)')$$, NULL, 'function_distrusted', '{"function": "shop.odd(integer)"}');

-- An action cannot be done without its row.
SELECT shop.new_rows() \g /dev/null
CREATE FUNCTION shop.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER silent BEFORE INSERT ON tenant.audit_log FOR EACH ROW EXECUTE FUNCTION shop.refuse();
SELECT throws_like(command, 'the audit trail was not written%', command || ' fails without its row')
	FROM unnest(ARRAY['SELECT tenant.stat_reset()', $$SELECT tenant.unprotect('shop.orders')$$, 'SELECT tenant.provision()']) command;
SELECT ok(EXISTS (SELECT FROM tenant.protected_tables WHERE tbl = 'shop.orders'::regclass), 'and is undone');
DROP TRIGGER silent ON tenant.audit_log;
SET SESSION AUTHORIZATION tap_admin;
SELECT throws_ok($$SELECT tenant.record_action(NULL, 'forged')$$, '42501', NULL, 'nobody writes a row by himself');
RESET SESSION AUTHORIZATION;
SELECT * FROM finish();
ROLLBACK;
