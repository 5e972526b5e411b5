-- Every lifecycle step from every state: allowed or refused, and what it leaves: the state, one row of the trail and one event, or
-- nothing at all.
BEGIN;
SELECT plan(107);
\ir fixture/shop.sql

CREATE TEMP TABLE steps (step text, command text, step_number int GENERATED ALWAYS AS IDENTITY) ON COMMIT DROP;
INSERT INTO steps (step, command) VALUES ('activate', 'tenant.activate(%L, ''because'')'), ('complete', 'tenant.complete_provisioning(%L, true, ''{"a": 1}'')'),
	('fail', 'tenant.complete_provisioning(%L, false, ''{"a": 1}'')'), ('suspend', 'tenant.suspend(%L, ''because'')'),
	('resume', 'tenant.resume(%L, ''because'')'), ('delete', 'tenant.soft_delete(%L, ''because'')'), ('restore', 'tenant.restore(%L, ''because'')'),
	('domains', 'tenant.set_domains(%L, ''{tap.example}'')');
-- What is allowed; all else is TN010.
CREATE TEMP TABLE allowed (state text, step text, becomes text, action text) ON COMMIT DROP;
INSERT INTO allowed VALUES ('pending', 'activate', 'active', 'activated'), ('pending', 'complete', 'active', 'activated'),
	('pending', 'fail', 'deleted', 'provisioning_failed'), ('pending', 'delete', 'deleted', 'deleted'),
	('pending', 'domains', 'pending', 'domains_changed'), ('active', 'suspend', 'suspended', 'suspended'), ('active', 'delete', 'deleted', 'deleted'),
	('active', 'domains', 'active', 'domains_changed'), ('suspended', 'resume', 'active', 'resumed'), ('suspended', 'delete', 'deleted', 'deleted'),
	('suspended', 'domains', 'suspended', 'domains_changed'), ('deleted of pending', 'domains', 'deleted', 'domains_changed'),
	('deleted of active', 'domains', 'deleted', 'domains_changed'), ('deleted of suspended', 'domains', 'deleted', 'domains_changed'), ('deleted of pending', 'restore', 'pending', 'restored'),
	('deleted of active', 'restore', 'active', 'restored'), ('deleted of suspended', 'restore', 'suspended', 'restored');
CREATE TEMP TABLE states (state text, way text[]) ON COMMIT DROP;
INSERT INTO states VALUES ('pending', '{}'), ('active', '{activate}'), ('suspended', '{activate,suspend}'), ('deleted of pending', '{fail}'),
	('deleted of active', '{activate,delete}'), ('deleted of suspended', '{activate,suspend,delete}'), ('unknown', NULL);
GRANT SELECT ON steps, allowed, states TO PUBLIC;

-- In the role of tenant_admin; returns what came of it: the new state or the SQLSTATE.
CREATE FUNCTION pg_temp.run(id text, called text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	becomes text;
BEGIN
	EXECUTE format('SELECT status FROM ' || (SELECT command FROM steps WHERE step = called), id) INTO becomes;
	RETURN becomes;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END
$$;
CREATE FUNCTION pg_temp.arrive(id text, to_state text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	called text;
BEGIN
	IF to_state <> 'unknown' THEN
		PERFORM tenant.provision(id, activate => false);
		FOREACH called IN ARRAY (SELECT way FROM states WHERE state = to_state) LOOP
			PERFORM pg_temp.run(id, called);
		END LOOP;
	END IF;
END
$$;

SET SESSION AUTHORIZATION tap_admin;
CREATE TEMP TABLE tries AS SELECT state, step, step_number, 'tap ' || state || ' ' || step AS id FROM states, steps;
SELECT pg_temp.arrive(id, state) FROM tries \g /dev/null
CREATE TEMP TABLE before AS SELECT t.id, (SELECT count(*) FROM tenant.audit_log a WHERE a.tenant_id = t.id) AS trail,
	(SELECT r::text FROM tenant.tenants r WHERE r.tenant_id = t.id) AS row FROM tries t;
SELECT is((SELECT count(*) FROM before WHERE row IS NOT NULL), 48::bigint, 'there is a tenant for each step from each state');
-- One after the other: each would take the same domain.
CREATE TEMP TABLE results AS SELECT state, step, step_number, id, pg_temp.run(id, step) AS result FROM tries WHERE step <> 'domains';
INSERT INTO results SELECT state, step, step_number, id, pg_temp.run(id, step) FROM tries WHERE (state, step) = ('pending', 'domains');
SELECT tenant.set_domains('tap pending domains', '{}') \g /dev/null
INSERT INTO results SELECT state, step, step_number, id, pg_temp.run(id, step) FROM tries WHERE (state, step) = ('active', 'domains');
SELECT tenant.set_domains('tap active domains', '{}') \g /dev/null
INSERT INTO results SELECT state, step, step_number, id, pg_temp.run(id, step) FROM tries WHERE step = 'domains' AND state NOT IN ('pending', 'active');
SELECT is(result, coalesce(becomes, CASE state WHEN 'unknown' THEN 'TN002' ELSE 'TN010' END), format('%s of a tenant that is %s', step, state))
	FROM results LEFT JOIN allowed USING (state, step) ORDER BY state, step_number;
SELECT is(r.row, b.row, format('refused, it changes nothing: %s of a tenant that is %s', t.step, t.state)) FROM before b JOIN tries t USING (id)
	LEFT JOIN LATERAL (SELECT x::text AS row FROM tenant.tenants x WHERE x.tenant_id = b.id) r ON true
	WHERE NOT EXISTS (SELECT FROM allowed a WHERE (a.state, a.step) = (t.state, t.step)) AND t.state <> 'unknown' ORDER BY t.state, t.step_number;
SELECT bag_eq($$SELECT t.id, a.action FROM tries t JOIN allowed a USING (state, step)$$,
	$$SELECT b.id, a.action FROM before b JOIN LATERAL (SELECT l.action FROM tenant.audit_log l WHERE l.tenant_id = b.id ORDER BY l.changed_at OFFSET b.trail LIMIT 1) a ON true$$,
	'each step that was taken is the next in the trail, and no other');
RESET SESSION AUTHORIZATION;
SELECT bag_eq($$SELECT a.event_id, 'tenant.' || a.action AS type, a.tenant_id, a.detail || jsonb_strip_nulls(jsonb_build_object('reason', a.reason)) AS payload
		FROM tenant.audit_log a WHERE a.tenant_id LIKE 'tap %'$$,
	$$SELECT e.event_id, e.type, e.tenant_id, e.payload FROM tenant.events e WHERE e.tenant_id LIKE 'tap %'$$, 'each row of it is an event too');
SET SESSION AUTHORIZATION tap_admin;
SELECT is_empty($$SELECT FROM tenant.audit_log a WHERE a.tenant_id LIKE 'tap %' AND (a.session_role, a.acting_role) <> ('tap_admin', 'tap_admin')$$,
	'written as who asked for it');
SELECT is((SELECT array_agg(DISTINCT reason) FROM tenant.audit_log WHERE tenant_id LIKE 'tap %' AND action IN ('suspended', 'resumed', 'deleted', 'restored')),
	'{because}', 'with the reason');
SELECT results_eq($$SELECT action, reason, detail FROM tenant.audit_log WHERE tenant_id = 'tap pending fail' ORDER BY changed_at$$,
	$$VALUES ('provisioned', NULL, '{"status": "pending", "domains": []}'::jsonb), ('provisioning_failed', NULL, '{"a": 1}')$$, 'and the detail that was handed in');
SELECT results_eq($$SELECT status, former_status FROM tenant.tenants WHERE tenant_id = 'tap pending fail'$$, $$VALUES ('deleted', 'pending')$$,
	'what failed is deleted, and could be restored');

-- complete_provisioning().
SELECT throws_ok(format('SELECT tenant.complete_provisioning(''tap pending suspend'', %s)', arguments), '22023', NULL,
		format('complete_provisioning(%s) is refused', arguments))
	FROM unnest(ARRAY['NULL', 'true, NULL', 'true, ''[]''', 'false, ''7''']) arguments;
SELECT is((SELECT status FROM tenant.tenants WHERE tenant_id = 'tap pending suspend'), 'pending', 'and nothing comes of it');

-- Who may.
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION tap_app;
SELECT throws_ok(format('SELECT ' || command, 'tap pending suspend'), '42501', NULL, format('an ordinary role may not %s', step)) FROM steps ORDER BY step_number;
RESET SESSION AUTHORIZATION;
SELECT * FROM finish();
ROLLBACK;
