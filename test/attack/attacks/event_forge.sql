-- as: app owner
-- Events in another tenant's name, or in the extension's. Row-level security alone has no outbox; the mutation "a sealed session publishes for
-- another tenant" shows that this would notice.
SET app.tenant_id = :'me';
SELECT tenant.publish_for(:'other', 'order.forged', '{}');
SELECT tenant.publish('tenant.suspended', '"order.forged"');
SELECT tenant.publish('TENANT.suspended', '"order.forged"');
INSERT INTO tenant.events SELECT gen_random_uuid(), :'other', 'order.forged', 1, now(), '{}';
INSERT INTO tenant.events_default SELECT gen_random_uuid(), :'other', 'order.forged', 1, now(), '{}';
INSERT INTO tenant.event_deliveries SELECT 1, 1, :'other', 1, gen_random_uuid(), 0;
UPDATE tenant.events SET type = 'order.forged';
DELETE FROM tenant.event_streams;
SELECT tenant.number_event();
-- The statement's tenant is the event's, whatever is set in its middle.
SELECT set_config('app.tenant_id', :'other', false), tenant.publish('order.forged', '{}') FROM shop.customers LIMIT 1 \g /dev/null
SET app.tenant_id = :'me';
BEGIN;
SELECT tenant.seal() \g /dev/null
SET LOCAL app.tenant_id = :'other';
SAVEPOINT s;
SELECT tenant.publish('order.forged', '{}');
ROLLBACK TO s;
SELECT tenant.execute(:'other', 'SELECT tenant.publish(''order.forged'', ''{}'')');
ROLLBACK TO s;
COMMIT;
-- Written for one tenant, numbered when another one is set.
BEGIN;
SELECT tenant.publish('order.mine', '{}') \g /dev/null
SET LOCAL app.tenant_id = :'other';
COMMIT;
-- A role that needs a signature.
\connect - attack_root
SET client_min_messages = error;
SELECT 'forger_' || current_database() AS forger \gset
CREATE ROLE :"forger" LOGIN;
ALTER ROLE :"forger" SET pg_tenant.require_signed = on;
\connect - :forger
SET app.tenant_id = :'other';
SELECT tenant.publish('order.forged', '{}');
\connect - attack_root
SET client_min_messages = error;
DROP ROLE :"forger";
SET row_security = off;
SELECT shop.found(EXISTS (SELECT FROM tenant.events WHERE tenant_id = :'other' AND (type IN ('order.forged', 'order.mine') OR payload = '"order.forged"')));
DELETE FROM tenant.events;
