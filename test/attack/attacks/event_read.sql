-- as: app
-- Other tenants' events, by every way to the outbox. Row-level security alone has none; the mutation "anybody consumes" shows that this would notice.
\connect - attack_root
SET client_min_messages = error;
SET row_security = off;
SELECT tenant.create_consumer('attack') \g /dev/null
SELECT tenant.publish_for(tenant_id::text, 'order.placed', to_jsonb(secret)) FROM shop.customers WHERE tenant_id = :'other' \g /dev/null
SELECT tenant.publish_for(tenant_id::text, 'order.' || name, to_jsonb(secret)) FROM shop.customers WHERE tenant_id = :'other' LIMIT 1 \g /dev/null
\connect - attack_app
SET app.tenant_id = :'me';
TABLE tenant.events;
TABLE tenant.events_default;
TABLE tenant.event_deliveries;
TABLE tenant.dead_letters;
TABLE tenant.consumers;
COPY tenant.events TO STDOUT;
SELECT * FROM tenant.fetch('attack');
SELECT * FROM tenant.fetch('attack', 10, 'me');
SELECT * FROM tenant.lease_events('attack', 10, 'me');
SELECT * FROM tenant.event_origin('attack', gen_random_uuid(), 'me');
SELECT tenant.grant_consumer('attack', 'attack_app');
SELECT tenant.create_consumer('mine', start => 'beginning');
SELECT * FROM tenant.fetch('mine');
SELECT tenant.cloudevent(e) FROM tenant.events e;
SELECT tenant.redrive('attack');
SELECT * FROM pg_stats WHERE schemaname = 'tenant' AND tablename LIKE 'event%';
CREATE TRIGGER spy AFTER INSERT ON tenant.events FOR EACH ROW EXECUTE FUNCTION tenant.number_event();
CREATE FUNCTION play.of_event(tenant.events) RETURNS text LANGUAGE sql AS 'SELECT $1.payload::text';
SELECT play.of_event(e) FROM tenant.events e;
-- With the rights of who calls: a trap for an administrator.
CREATE FUNCTION play.trap() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER AS 'SELECT payload::text FROM tenant.fetch(''attack'')';
CREATE FUNCTION play.trapped() RETURNS SETOF text LANGUAGE sql AS 'SELECT payload::text FROM tenant.events';
\connect - attack_root
SELECT * FROM play.trap();
-- Whoever may consume is held to a tenant by a seal, as everybody is.
SET app.tenant_id = :'me';
BEGIN;
SELECT tenant.seal() \g /dev/null
SELECT * FROM tenant.fetch('attack');
ROLLBACK;
SELECT tenant.drop_consumer('attack') \g /dev/null
DELETE FROM tenant.events;
