-- Publishing: whose event, of what type, and who may. In a database of its own, since other files' tenants have events too.
\set SHOW_CONTEXT never
CREATE DATABASE regress_events;
\c regress_events
CREATE EXTENSION pg_tenant;
SELECT (tenant.provision('north')).status, (tenant.provision('south')).status, (tenant.provision('late', activate => false)).status;
CREATE SCHEMA ev;
GRANT USAGE ON SCHEMA ev TO fx_app, fx_owner;
CREATE VIEW ev.own_types AS SELECT * FROM tenant.events WHERE type LIKE 'order.%';

SET SESSION AUTHORIZATION fx_app;
-- The gate.
SELECT tenant.publish('order.placed', '{}');
SET app.tenant_id = 'nobody';
SELECT tenant.publish('order.placed', '{}');
SET app.tenant_id = 'late';
SELECT tenant.publish('order.placed', '{}');
SET app.tenant_id = 'north';
SELECT tenant.publish('order.placed', '{"id": 1}') IS NOT NULL AS published;
-- Types and payloads.
SELECT tenant.publish(NULL, '{}');
SELECT tenant.publish('', '{}');
SELECT tenant.publish('1order', '{}');
SELECT tenant.publish('order placed', '{}');
SELECT tenant.publish('order' || chr(228), '{}');
SELECT tenant.publish(repeat('a', 129), '{}');
SELECT tenant.publish(repeat('a', 128), '{}') IS NOT NULL AS published;
SELECT tenant.publish('tenant.suspended', '{}');
SELECT tenant.publish('Tenant.suspended', '{}');
SELECT tenant.publish('tenants.more', '{}') IS NOT NULL AS published;
SELECT tenant.publish('order.placed', NULL);
SELECT tenant.publish('order.placed', to_jsonb(repeat('x', 1100000)));
SELECT tenant.publish('order.placed', 'null', 0);
SELECT tenant.publish('order.placed', 'null', NULL);
-- Not another tenant's, nor past the gate.
SELECT tenant.publish_for('south', 'order.placed', '{}');
SELECT count(*) FROM tenant.events;
INSERT INTO tenant.events DEFAULT VALUES;
-- The request that it came from.
SET app.request_id = 'r-1';
SET app.trace_id = '4bf92f3577b34da6a3ce929d0e0e4736';
SET app.span_id = '00f067aa0ba902b7';
SELECT tenant.publish('order.shipped', '[1]', 2) IS NOT NULL AS published;
BEGIN;
SELECT tenant.publish('order.undone', '[1]') IS NOT NULL AS published;
ROLLBACK;
BEGIN;
SELECT tenant.seal();
SET LOCAL app.tenant_id = 'south';
SELECT tenant.publish('order.sealed', '[1]') IS NOT NULL AS published;
COMMIT;
BEGIN;
SELECT tenant.seal();
SET LOCAL app.tenant_id = '';
SELECT tenant.publish('order.none', '[1]');
COMMIT;
RESET SESSION AUTHORIZATION;
SELECT tenant_id, type, version, payload, request_id, trace_id, span_id, published_at BETWEEN now() - interval '1 minute' AND clock_timestamp() AS now,
	date_trunc('milliseconds', published_at) = tenant.event_time(event_id) AS id_has_time FROM ev.own_types ORDER BY event_id;
DO $$ BEGIN PERFORM tenant.publish_for('nobody', 'tenant.purged', '{}'); END $$;

-- Partitions: only the extension's tables by time, only by tenant_admin; what lay in the default partition moves.
SET SESSION AUTHORIZATION fx_app;
SELECT tenant.keep_partitions('tenant.events', '1 day');
RESET SESSION AUTHORIZATION;
SELECT tenant.keep_partitions('tenant.tenants', '1 day');
SELECT tenant.keep_partitions('tenant.events', '1 minute');
SELECT tenant.keep_partitions('tenant.events', '1 day', 0);
SELECT count(*) > 4 AS in_default FROM tenant.events_default;
SET SESSION AUTHORIZATION fx_owner;
SELECT tenant.keep_partitions('tenant.events', '1 day') IN (2, 3) AS made;
SELECT tenant.keep_partitions('tenant.events', '1 day');
SELECT tenant.keep_partitions('tenant.events', '1 day', 3);
RESET SESSION AUTHORIZATION;
SELECT count(*) FROM tenant.events_default;
SELECT count(*) > 4 AS moved FROM tenant.events;
SELECT bool_and(upper = lower + interval '1 day') AS days, min(lower) <= now() AS from_now, max(upper) > now() + interval '3 days' AS ahead
	FROM tenant.time_partitions('tenant.events') WHERE lower IS NOT NULL;
SET app.tenant_id = 'north';
SELECT tenant.publish('order.placed', '{}') IS NOT NULL AS published;
SELECT count(*) FROM tenant.events_default;
-- Nothing has been written: from now on.
RESET app.tenant_id;
CREATE DATABASE regress_new_events;
\c regress_new_events
CREATE EXTENSION pg_tenant;
SELECT tenant.keep_partitions('tenant.events', '1 day') IN (2, 3) AS made, tenant.keep_partitions('tenant.audit_log') IN (2, 3) AS made;
DROP EXTENSION pg_tenant;
SELECT count(*) FROM pg_class WHERE relname LIKE 'events%';
\c regress
DROP DATABASE regress_new_events;
DROP DATABASE regress_events;
