-- Alert rules: what their expressions may be, who may write them, when they fire and are resolved. Readings are made older by hand.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE ROLE al_admin IN ROLE tenant_admin;
CREATE ROLE al_reader IN ROLE tenant_reader;
CREATE ROLE al_app;
SELECT count(tenant.provision('al-' || t)) FROM unnest(ARRAY['a', 'b']) t;
CREATE FUNCTION al_later(passed interval) RETURNS void LANGUAGE sql BEGIN ATOMIC
	UPDATE tenant.alert_readings SET read_at = read_at - passed;
	UPDATE tenant.alert_states SET last_fired_at = last_fired_at - passed;
END;
CREATE FUNCTION al_events(OUT tenant_id text, OUT type text, OUT payload jsonb) RETURNS SETOF record LANGUAGE sql BEGIN ATOMIC
	SELECT tenant_id, type, payload FROM tenant.events WHERE type LIKE 'tenant.alert%' ORDER BY event_id;
END;
SELECT tenant.stat_reset();

SET ROLE al_admin;
SELECT tenant.create_alert_rule('errors', 'CASE WHEN calls > 2 THEN errors / nullif(calls + errors, 0) END', 0.3);
SELECT tenant.create_alert_rule('quiet', 'calls', 1, comparison => 'below', severity => 'info', silence => '0', time_window => '1 hour');
-- All that may be in it, and a comment, which ends with its line.
SELECT tenant.create_alert_rule('all', $$CASE WHEN tenant_id IN ('al-a') AND NOT calls IS NULL OR p99 BETWEEN 1 AND 2 OR rows IS DISTINCT FROM 3
	THEN -abs(calls - 1) + round(coalesce(errors, 0) * 2.5 / 2) ELSE greatest(ceil(p50), floor(p95), least(1, 2)) END -- all$$, 1000);
TABLE tenant.alert_windows;
SELECT name, comparison, threshold, time_window, silence, severity, is_enabled, created_by FROM tenant.alert_rules ORDER BY name;
-- A window is as long as it compares.
SELECT tenant.create_alert_rule('odd', 'calls', 1, time_window => '1 mon -30 days 1 min');
SELECT time_window FROM tenant.alert_rules WHERE name = 'odd';
SELECT tenant.drop_alert_rule('odd');
-- What is no rule.
SELECT tenant.create_alert_rule('errors', 'calls', 1);
SELECT tenant.create_alert_rule('a b', 'calls', 1);
SELECT tenant.create_alert_rule(NULL, 'calls', 1);
SELECT tenant.create_alert_rule('x', NULL, 1);
SELECT tenant.create_alert_rule('x', 'calls', NULL);
SELECT tenant.create_alert_rule('x', 'calls', 'NaN');
SELECT tenant.create_alert_rule('x', 'calls', 1, time_window => '1 ms');
SELECT tenant.create_alert_rule('x', 'calls', 1, silence => '-1 s');
SELECT tenant.create_alert_rule('x', 'calls', 1, severity => 'bad');
SELECT tenant.create_alert_rule('x', 'calls', 1, comparison => 'beside');
SELECT tenant.create_alert_rule('x', 'calls' || repeat(' + calls', 200), 1);
SELECT tenant.create_alert_rule('x', 'kalls', 1);
SELECT tenant.create_alert_rule('x', 'calls > 1', 1);
SELECT tenant.create_alert_rule('x', 'calls +', 1);
SELECT tenant.create_alert_rule('x', '1 / 0', 1);
-- What could run code, or read what is not the rule's: names are those of pg_catalog, and of these only some.
CREATE FUNCTION pg_temp.abs(double precision) RETURNS double precision LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'runs'; END $$;
SELECT tenant.require_alert_rule('x', 'calls', 1, '1 s', '0', 'info', 'above');
SELECT tenant.create_alert_rule('x', 'abs(calls)', 1);
RESET ROLE;
CREATE FUNCTION al_code(e text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM tenant.create_alert_rule('code', e, 1);
	RETURN 'made';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || left(SQLERRM, 60);
END
$$;
GRANT EXECUTE ON FUNCTION al_code(text) TO al_admin;
SET ROLE al_admin;
SELECT e, al_code(e) FROM unnest(ARRAY['pg_sleep(1)', 'length(pg_read_file($$x$$))', '(SELECT 1)', 'EXISTS (SELECT)', 'calls::int', 'CAST(calls AS int)', 'pg_catalog.abs(calls)',
	'calls OPERATOR(pg_catalog.+) 1', 'calls ^ 2', 'w.calls', 'w.*', 'count(*)', 'abs(calls) OVER ()', 'round(DISTINCT calls)', 'abs(VARIADIC ARRAY[1])', '$1', 'ARRAY[1]',
	'ROW(1)', '(1, 2)', '1, 2', '1 FROM pg_class', '1) FROM pg_class --', '1); DROP TABLE tenant.alert_rules; --', '1; SELECT 2', 'current_user', 'tenant_id LIKE $$a%$$', 'tenant_id || $$x$$',
	'1 UNION SELECT 2', 'calls COLLATE "C"', '/* open', 'calls = ANY (ARRAY[1])', 'x.y.z', '', 'DISTINCT calls', 'calls AS c', 'date $$today$$', 'calls IS TRUE', 'xmlelement(name a)']) e;
RESET ROLE;
SELECT count(*) FROM tenant.alert_rules;
SELECT tenant.alert_values('calls', NULL);
SELECT tenant.alert_values(NULL, '1 s');
-- Whoever writes the table directly has no more: what it says is asked again.
INSERT INTO tenant.alert_rules (name, expression, comparison, threshold, time_window, silence, severity, created_by)
	VALUES ('planted', 'pg_backend_pid()', 'above', 0, '1 min', '0', 'info', 'x'), ('broken', 'calls / (errors - errors)', 'above', 1, '1 min', '0', 'info', 'x');

-- Only tenant_admin writes rules and evaluates them; tenant_reader reads.
SET ROLE al_reader;
SELECT count(*) FROM tenant.alert_rules;
SELECT count(*) FROM tenant.alert_windows;
SELECT count(*) FROM tenant.alerts;
SELECT tenant.create_alert_rule('y', 'calls', 1);
SELECT tenant.drop_alert_rule('x');
SELECT tenant.enable_alert_rule('x');
SELECT tenant.evaluate_alerts();
SET ROLE al_app;
SELECT count(*) FROM tenant.alert_rules;
SELECT count(*) FROM tenant.alert_windows;
SELECT count(*) FROM tenant.alerts;
SET ROLE al_admin;
UPDATE tenant.alert_rules SET expression = '1';
SELECT tenant.evaluate_alert(r) FROM tenant.alert_rules r;

-- The first round only reads; until a window has passed nothing is judged.
SET ROLE al_admin;
SELECT tenant.drop_alert_rule('quiet');
SELECT tenant.drop_alert_rule('quiet');
SELECT tenant.drop_alert_rule('all');
SELECT tenant.evaluate_alerts();
RESET ROLE;
SET app.tenant_id = 'al-a';
SELECT 1;
SELECT 2;
SELECT 3;
SELECT 1 / 0;
SELECT 1 / 0;
SET app.tenant_id = 'al-b';
SELECT 1;
SELECT 1 / 0;
RESET app.tenant_id;
SELECT tenant.evaluate_alerts();
TABLE tenant.alert_windows;
SELECT al_later('1 min');
SET ROLE al_admin;
SELECT tenant_id, seconds >= 60, calls, errors, rows, refusals, p50 <= p99, sessions FROM tenant.alert_windows WHERE tenant_id LIKE 'al-%' ORDER BY tenant_id;
SELECT tenant.evaluate_alerts();
SELECT rule, tenant_id, severity, is_firing, value, comparison, threshold, last_fired_at IS NULL, event_id IS NULL FROM tenant.alerts ORDER BY 1, 2;
SELECT name, last_error FROM tenant.alert_rules WHERE last_error IS NOT NULL ORDER BY name;
SELECT * FROM al_events();
-- Not again while it is silent, and an error not twice.
SELECT tenant.evaluate_alerts();
RESET ROLE;
SELECT al_later('10 min');
UPDATE tenant.alert_readings SET read_at = read_at + interval '10 min';
SELECT tenant.evaluate_alerts();
SELECT count(*) FROM al_events();
-- What has been counted since is compared with a later reading: resolved, once.
SELECT al_later('1 min');
SELECT tenant.evaluate_alerts();
SELECT tenant.evaluate_alerts();
SELECT rule, tenant_id, is_firing, value FROM tenant.alerts ORDER BY 1, 2;
SELECT * FROM al_events() OFFSET 2;
-- It holds again: while it is silent nobody is told, neither of that nor of its end.
SET app.tenant_id = 'al-a';
SELECT 1;
SELECT 2;
SELECT 3;
SELECT 1 / 0;
SELECT 1 / 0;
SELECT 1 / 0;
RESET app.tenant_id;
SELECT tenant.evaluate_alerts();
SELECT rule, tenant_id, is_firing FROM tenant.alerts ORDER BY 1, 2;
SELECT al_later('1 min');
SELECT tenant.evaluate_alerts();
SELECT al_later('1 min');
SELECT tenant.evaluate_alerts();
SELECT rule, tenant_id, is_firing FROM tenant.alerts ORDER BY 1, 2;
SELECT count(*) FROM al_events();
-- Counters that begin anew are never less than nothing, also where they are soon more than before.
SELECT tenant.stat_reset('al-a');
SELECT tenant_id, calls, errors, rows, total_time, p99 FROM tenant.alert_windows WHERE tenant_id LIKE 'al-%' ORDER BY tenant_id;
SET app.tenant_id = 'al-a';
SELECT count(*) FROM generate_series(1, 3);
SELECT count(*) FROM generate_series(1, 3);
RESET app.tenant_id;
SELECT tenant_id, calls, errors, rows, total_time >= 0, p99 >= 0 FROM tenant.alert_windows WHERE tenant_id LIKE 'al-%' ORDER BY tenant_id;
SELECT tenant.count_since('{5,1}', '{2,4}', 1, 2), tenant.count_since('{5,1}', NULL, -3, 9), tenant.count_since(NULL, '{1}', 1, 1), tenant.count_since('{5,1}', '{2}', NULL, 2),
	tenant.quantile_since('{0,0,8}', '{0,0,4}', 0.5, 1), tenant.quantile_since('{1}', '{2}', 0.99, 'NaN'), tenant.quantile_since(NULL, NULL, NULL, NULL);
-- A rule that is not enabled is not evaluated, and knows nothing when it is again.
SELECT tenant.enable_alert_rule('x', false), tenant.enable_alert_rule('errors', false), tenant.enable_alert_rule('planted', false), tenant.enable_alert_rule('broken', false);
SELECT tenant.enable_alert_rule('nothing');
SELECT count(*) FROM tenant.alerts;
SELECT tenant.evaluate_alerts();
SELECT count(*) FROM tenant.alert_readings;
SELECT tenant.enable_alert_rule('x');
SELECT tenant.evaluate_alerts();
SET app.tenant_id = 'al-b';
SELECT 1;
SELECT 2;
RESET app.tenant_id;
SELECT al_later('1 min');
SELECT tenant.evaluate_alerts();
-- A reading that is too old is not taken for one of a window ago: nothing is judged, and what fires still does.
UPDATE tenant.alert_states SET last_fired_at = '-infinity';
SELECT al_later('1 hour');
SELECT tenant.evaluate_alerts();
SELECT rule, tenant_id, is_firing FROM tenant.alerts ORDER BY 1, 2;
-- Below, and of a tenant that does nothing.
SELECT tenant.drop_alert_rule('x');
SELECT count(*) FROM tenant.alerts;
SELECT tenant.create_alert_rule('quiet', $$CASE WHEN tenant_id IN ('al-a', 'al-b') THEN calls END$$, 1, comparison => 'below', severity => 'info', time_window => '1 s');
SELECT tenant.evaluate_alerts();
SELECT al_later('1 s');
SELECT tenant.evaluate_alerts();
-- A purge leaves nothing of its tenant.
SELECT status FROM tenant.soft_delete('al-a');
CALL tenant.purge('al-a', force => true);
SELECT rule, tenant_id FROM tenant.alerts ORDER BY 1, 2;
SELECT DISTINCT tenant_id FROM tenant.alert_readings WHERE tenant_id LIKE 'al-%';
-- It is counted still, but nobody's.
SELECT tenant.create_alert_rule('left', $$CASE WHEN tenant_id = 'al-a' THEN calls END$$, 0, time_window => '1 s');
SELECT al_later('1 s');
SELECT tenant_id, calls > 0 FROM tenant.alert_windows WHERE tenant_id = 'al-a';
SELECT tenant.evaluate_alerts();
SELECT rule, tenant_id FROM tenant.alerts ORDER BY 1, 2;
SELECT tenant.drop_alert_rule(name) FROM tenant.alert_rules;
DROP FUNCTION al_later, al_events, al_code, pg_temp.abs(double precision);
DROP ROLE al_admin, al_reader, al_app;
