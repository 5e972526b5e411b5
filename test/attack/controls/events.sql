-- A tenant publishes in ordinary transactions, and a consumer handles its events in its context.
\connect - attack_root
SET client_min_messages = error;
SELECT tenant.create_consumer('control', types => '{control.*}') \g /dev/null
SELECT 'consumer_' || current_database() AS consumer \gset
CREATE ROLE :"consumer" LOGIN;
GRANT attack_app TO :"consumer";
SELECT tenant.grant_consumer('control', :'consumer') \g /dev/null
\connect - attack_app
SET app.tenant_id = :'me';
BEGIN;
INSERT INTO shop.notes (id, body) VALUES (4711, 'control');
SELECT tenant.publish('control.noted', '4711') \g /dev/null
COMMIT;
\connect - :consumer
SELECT event_id, payload FROM tenant.fetch('control') \gset
BEGIN;
SELECT tenant.handle('control', :'event_id') \g /dev/null
SELECT body FROM shop.notes WHERE id = :payload \gset
SELECT tenant.ack('control', ARRAY[:'event_id'::uuid]) AS acked \gset
COMMIT;
\connect - attack_root
SET client_min_messages = error;
SELECT tenant.drop_consumer('control') \g /dev/null
DROP OWNED BY :"consumer";
DROP ROLE :"consumer";
SELECT 'control ok' WHERE :'body' = 'control' AND :acked = 1;
