-- Consumers: what they are shown, in which order, and what becomes of it. In a database of its own.
\set SHOW_CONTEXT never
CREATE DATABASE regress_consumers;
\c regress_consumers
-- Tenants that are registered have events of that.
ALTER DATABASE regress_consumers SET pg_tenant.require_registered = off;
\c regress_consumers
CREATE EXTENSION pg_tenant;
CREATE SCHEMA ev;
GRANT USAGE ON SCHEMA ev TO PUBLIC;
-- As the tenant's own session would.
CREATE FUNCTION ev.publish(tenant_id text, VARIADIC types text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('app.tenant_id', tenant_id, true), tenant.publish(t, to_jsonb(tenant_id)) FROM unnest(types) t;
END
$$;
CREATE FUNCTION ev.fetched(consumer text, batch integer DEFAULT 100, member text DEFAULT NULL) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT format('%s %s %s', tenant_id, sequence, type) FROM tenant.fetch(consumer, batch, member)
$$;
-- Events are named by their type here.
CREATE FUNCTION ev.id(type text) RETURNS uuid LANGUAGE sql SECURITY DEFINER AS $$ SELECT event_id FROM tenant.events e WHERE e.type = id.type $$;
CREATE FUNCTION ev.ack(consumer text, types text[], member text DEFAULT NULL) RETURNS int LANGUAGE sql AS $$
	SELECT tenant.ack(consumer, ARRAY(SELECT ev.id(t) FROM unnest(types) t), member)
$$;
-- As if its lease had run out, its delay was over.
CREATE PROCEDURE ev.let_time_pass() LANGUAGE sql AS $$
	UPDATE tenant.event_leases SET expires_at = expires_at - interval '1 day';
	UPDATE tenant.event_members SET expires_at = expires_at - interval '1 day';
	UPDATE tenant.event_deliveries SET retry_at = retry_at - interval '1 day'
$$;

-- Creating.
SELECT tenant.create_consumer('');
SELECT tenant.create_consumer('mail', start => 'later');
SELECT tenant.create_consumer('mail', types => '{}');
SELECT tenant.create_consumer('mail', types => '{a,NULL}');
SELECT tenant.create_consumer('mail', types => '{*a}');
SELECT tenant.create_consumer('mail', max_attempts => 0);
SELECT tenant.create_consumer('mail', lease => '0');
SELECT tenant.create_consumer('mail', lease => '2 days');
SELECT tenant.create_consumer('mail', retry_delay => '0');
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT tenant.create_consumer('mail', start => 'beginning');
ROLLBACK;
SELECT ev.publish('north', 'before.1', 'before.2');
SELECT tenant.create_consumer('mail', max_attempts => 2);
SELECT tenant.create_consumer('mail');
SELECT tenant.create_consumer('all', start => 'beginning');
SELECT tenant.create_consumer('orders', start => 'beginning', types => '{order.*,before.2}');
SELECT consumer, types, max_attempts, lease, retry_delay, waiting, dead, members FROM tenant.consumers ORDER BY 1;

-- Numbered in the order of commits, without a gap, for each tenant.
SELECT ev.publish('north', 'order.1');
BEGIN;
SELECT ev.publish('south', 'order.s1');
SELECT ev.publish('north', 'order.2', 'bill.1');
SAVEPOINT undone;
SELECT ev.publish('north', 'order.undone');
SET CONSTRAINTS ALL IMMEDIATE;
SELECT sequence IS NOT NULL AS numbered, count(*) FROM tenant.events GROUP BY 1;
ROLLBACK TO undone;
SELECT sequence IS NOT NULL AS numbered, count(*) FROM tenant.events GROUP BY 1 ORDER BY 1;
SELECT ev.publish('west', 'bill.w1');
COMMIT;
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT ev.publish('north', 'bill.2');
COMMIT;
-- One that an administrator deletes again is none.
BEGIN;
SELECT ev.publish('north', 'order.deleted');
DELETE FROM tenant.events WHERE type = 'order.deleted';
COMMIT;
SELECT tenant_id, type, sequence FROM tenant.events ORDER BY tenant_id, sequence;
SELECT * FROM tenant.event_streams ORDER BY 1;

-- Fetching: everything that waits, once, each tenant's in order.
SELECT ev.fetched('orders');
SELECT ev.fetched('all', 4);
SELECT ev.fetched('all');
SELECT ev.fetched('all');
SELECT ev.fetched('nobody');
SELECT ev.fetched('all', 0);
SELECT ev.fetched('all', NULL);
SELECT ev.fetched(NULL);
SELECT ev.fetched('all', member => '');
-- Acknowledging: what is held, once.
SELECT ev.ack('all', '{before.1}'), ev.ack('all', '{before.1}'), ev.ack('all', '{order.s1,bill.w1,nothing}'), ev.ack('all', '{before.2,order.1}', 'm');
SELECT tenant.ack('all', NULL);
SELECT ev.publish('north', 'order.3');
-- The tenant is at work: its next ones wait, another's do not.
SELECT ev.publish('south', 'order.s2');
SELECT ev.fetched('all');
SELECT ev.ack('all', '{before.2,order.1,order.2,bill.1,bill.2}');
SELECT ev.fetched('all');
SELECT ev.ack('all', '{order.3,order.s2}');
SELECT ev.fetched('all');

SELECT tenant.ack('mail', array_agg(event_id)) > 0 AS caught_up FROM tenant.fetch('mail');

-- One that fails comes again after a while, alone and before the later ones of its tenant, and of no other.
SELECT ev.publish('north', 'try.1', 'try.2', 'try.3');
SELECT ev.publish('south', 'try.s1');
SELECT ev.fetched('mail');
SELECT again - now() BETWEEN '0.5 seconds' AND '2 seconds' AS after_delay FROM tenant.nack('mail', ev.id('try.2'), 'no disk') again;
SELECT tenant.nack('mail', ev.id('try.2'), 'no disk');
SELECT tenant.nack('mail', ev.id('try.3'), 'went back with it');
SELECT ev.ack('mail', '{try.1,try.3,try.s1}');
SELECT ev.fetched('mail');
SELECT ev.publish('south', 'try.s2');
SELECT ev.fetched('mail');
CALL ev.let_time_pass();
SELECT ev.fetched('mail');
SELECT tenant.nack('mail', ev.id('try.2'), 'no', '-1');
-- The last attempt of two: given up, and the next ones come.
SELECT tenant.nack('mail', ev.id('try.2'), 'still no disk');
SELECT consumer, tenant_id, sequence, type, attempts, reason FROM tenant.dead_letters;
SELECT ev.fetched('mail');
SELECT ev.ack('mail', '{try.3}');
SELECT tenant.redrive('mail', '{}'), tenant.redrive('orders'), tenant.redrive('mail', ARRAY[ev.id('try.2')]), tenant.redrive('mail'), tenant.redrive('mail');
SELECT ev.fetched('mail');
SELECT again - now() BETWEEN '59 minutes' AND '61 minutes' AS as_asked FROM tenant.nack('mail', ev.id('try.2'), 'later', '1 hour') again;
SELECT attempts, reason FROM tenant.event_deliveries WHERE event_id = ev.id('try.2') AND retry_at IS NOT NULL;

-- A lease that runs out counts as an attempt at the first event that it had left.
SELECT ev.publish('west', 'slow.1', 'slow.2', 'slow.3');
SELECT ev.fetched('mail');
SELECT ev.ack('mail', '{slow.1,try.s2}');
CALL ev.let_time_pass();
SELECT ev.fetched('mail') ORDER BY 1;
-- Late, but nobody else has taken it. This one comes alone.
CALL ev.let_time_pass();
SELECT tenant.handle('mail', ev.id('slow.2'));
SELECT tenant.nack('mail', ev.id('slow.2'), 'too late');
SELECT ev.ack('mail', '{slow.2}');
SELECT ev.fetched('mail', member => 'm');
SELECT ev.ack('mail', '{slow.3}');
SELECT ev.ack('mail', '{slow.3}', 'm');

-- A group: each tenant is one member's, and a silent member's tenants become another's.
SELECT tenant.drop_consumer('orders');
SELECT tenant.create_consumer('group');
SELECT ev.fetched('group', member => 'b'), ev.fetched('group', member => 'a');
SELECT members FROM tenant.consumers WHERE consumer = 'group';
SELECT count(ev.publish('g' || i, 'group.1', 'group.2')) FROM generate_series(1, 40) i;
CREATE TEMP TABLE seen AS SELECT 'a' AS member, * FROM tenant.fetch('group', 1000, 'a');
INSERT INTO seen SELECT 'b', * FROM tenant.fetch('group', 1000, 'b');
SELECT count(*), count(DISTINCT event_id), count(DISTINCT tenant_id), count(DISTINCT (member, tenant_id)) AS pairs, min(sequence), max(sequence) FROM seen;
SELECT count(DISTINCT tenant_id) BETWEEN 5 AND 35 AS share FROM seen GROUP BY member;
SELECT tenant.ack('group', array_agg(event_id), 'a') = count(*) AS own FROM seen WHERE member = 'a';
SELECT tenant.ack('group', array_agg(event_id), 'a') AS not_own FROM seen WHERE member = 'b';
SELECT count(*) FROM tenant.fetch('group', 1000, 'a');
CALL ev.let_time_pass();
SELECT count(*) = (SELECT count(DISTINCT tenant_id) FROM seen WHERE member = 'b') AS taken_over FROM tenant.fetch('group', 1000, 'a');
SELECT members FROM tenant.consumers WHERE consumer = 'group';

SELECT (tenant.provision('west')).status;
-- Who may consume: roles that were granted it, whose session is not held to tenants. In the context of the event.
CREATE ROLE fx_consumer LOGIN;
SET app.trace_id = '4bf92f3577b34da6a3ce929d0e0e4736';
SET app.request_id = 'r-7';
SELECT ev.publish('west', 'context.1');
RESET app.trace_id;
RESET app.request_id;
RESET app.tenant_id;
SET SESSION AUTHORIZATION fx_consumer;
SELECT ev.fetched('mail');
SELECT tenant.ack('mail', '{}');
SELECT tenant.nack('mail', ev.id('context.1'), 'x');
SELECT tenant.handle('mail', ev.id('context.1'));
SELECT tenant.create_consumer('own');
SELECT tenant.grant_consumer('mail', 'fx_consumer');
SELECT count(*) FROM tenant.event_deliveries;
RESET SESSION AUTHORIZATION;
SELECT tenant.grant_consumer('mail', 'fx_consumer');
SELECT tenant.grant_consumer('nobody', 'fx_consumer');
SET SESSION AUTHORIZATION fx_consumer;
SELECT ev.fetched('all');
SELECT tenant.handle('mail', ev.id('context.1'));
SELECT fetched FROM ev.fetched('mail') fetched WHERE fetched NOT LIKE 'g%';
BEGIN;
SELECT tenant.handle('mail', ev.id('context.1'));
SELECT tenant_id, request_id, trace_id, span_id FROM tenant.identity();
COMMIT;
SELECT tenant_id, request_id, trace_id, span_id FROM tenant.identity();
SELECT tenant.handle('mail', ev.id('context.1'), 'm');
BEGIN;
SET LOCAL app.tenant_id = 'west';
SELECT tenant.seal();
SAVEPOINT sealed;
SELECT tenant.handle('mail', ev.id('context.1'));
ROLLBACK TO sealed;
SELECT ev.fetched('mail');
ROLLBACK;
RESET SESSION AUTHORIZATION;
SELECT (tenant.suspend('west')).status;
SELECT tenant.handle('mail', ev.id('context.1'));
SELECT (tenant.resume('west')).status;
SELECT tenant.revoke_consumer('mail', 'fx_consumer');
SELECT tenant.revoke_consumer('mail', 'fx_consumer');
SET SESSION AUTHORIZATION fx_consumer;
SELECT ev.ack('mail', '{context.1}');
RESET SESSION AUTHORIZATION;

-- CloudEvents.
SELECT tenant.cloudevent(e) - 'id' - 'time' AS event, (tenant.cloudevent(e) ->> 'time')::timestamptz = published_at AS time,
	tenant.cloudevent(e) ->> 'id' = event_id::text AS id FROM tenant.events e WHERE type = 'context.1';
SELECT tenant.cloudevent((event_id, 'a b/c', 'x', 3, 'epoch', 'null', NULL, '4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7', 12)::tenant.events) - 'id'
	FROM tenant.events LIMIT 1;
SELECT tenant.cloudevent((event_id, 'a', 'x', 3, 'epoch', '{}', NULL, repeat('0', 32), '00f067aa0ba902b7', 12)::tenant.events) ? 'traceparent'
	FROM tenant.events LIMIT 1;
SELECT tenant.uri_part('aZ-09 é/%');
SELECT tenant.cloudevent(e) IS NULL AS none FROM (VALUES (1)) v LEFT JOIN tenant.events e ON false;

-- A tenant that was purged: its events are not handled, neither for one that has its id now, and why they were refused is gone with it.
SELECT (tenant.provision('gone')).status;
SELECT tenant.create_consumer('once', types => '{gone.*}', max_attempts => 1), tenant.create_consumer('again', types => '{gone.*}');
SELECT ev.publish('gone', 'gone.1', 'gone.2');
SELECT ev.fetched('once'), ev.fetched('again');
SELECT tenant.nack('once', ev.id('gone.1'), 'no card 4111') IS NULL AS dead, tenant.nack('again', ev.id('gone.1'), 'no card 4111', '0') IS NOT NULL AS again;
SELECT (tenant.soft_delete('gone')).status;
SELECT reason FROM tenant.dead_letters WHERE tenant_id = 'gone' UNION ALL SELECT reason FROM tenant.event_deliveries WHERE tenant_id = 'gone' AND attempts > 0;
CALL tenant.purge('gone', force => true);
SELECT reason FROM tenant.dead_letters WHERE tenant_id = 'gone' UNION ALL SELECT reason FROM tenant.event_deliveries WHERE tenant_id = 'gone' AND attempts > 0;
SELECT ev.fetched('again');
SELECT tenant.handle('again', ev.id('gone.1'));
SELECT (tenant.provision('gone')).status;
SELECT tenant.handle('again', ev.id('gone.1'));
SELECT ev.publish('gone', 'gone.3');
SELECT ev.ack('again', '{gone.1}');
SELECT ev.fetched('again');
SELECT tenant.handle('again', ev.id('gone.2'));
SELECT tenant.handle('again', ev.id('gone.3'));
SELECT tenant.drop_consumer('once'), tenant.drop_consumer('again');

-- Keeping house.
SELECT tenant.publish_for('north', 'tenant.tested', '{}') IS NOT NULL AS published;
CALL tenant.keep_events(NULL);
CALL tenant.keep_events('1 minute');
CALL tenant.keep_events('1 hour', '1 hour');
SELECT count(*) FROM tenant.events_default;
SELECT count(*) > 0 AS always, bool_and(tgenabled = 'A') AS all_always FROM pg_trigger WHERE tgname = 'number_event';
-- As if it were long ago.
SELECT tenant.add_time_partition('tenant.events', '2020-01-01Z', '2020-01-02Z'), tenant.add_time_partition('tenant.events', '2020-01-02Z', '2020-01-03Z');
INSERT INTO tenant.events SELECT tenant.first_event_id('2020-01-01 12:00Z'), 'north', 'long.ago', 1, now(), '{}';
INSERT INTO tenant.events SELECT tenant.first_event_id('2020-01-02 12:00Z'), 'north', 'long.ago.2', 1, now(), '{}';
CALL tenant.keep_events('1 day', '1 hour');
SELECT part FROM tenant.time_partitions('tenant.events') WHERE upper < '2021-01-01' ORDER BY 1;
DELETE FROM tenant.event_deliveries WHERE event_id = ev.id('long.ago');
CALL tenant.keep_events('1 day', '1 hour');
SELECT part FROM tenant.time_partitions('tenant.events') WHERE upper < '2021-01-01' ORDER BY 1;
-- Numbering may have delivered to one that was dropped meanwhile.
INSERT INTO tenant.event_deliveries VALUES (-1, 0, 'north', 1, gen_random_uuid(), 0);
SELECT tenant.drop_consumer('all'), tenant.drop_consumer('mail'), tenant.drop_consumer('group');
SELECT tenant.drop_consumer('mail');
CALL tenant.keep_events('1 day', '1 hour');
SELECT (SELECT count(*) FROM tenant.event_deliveries) AS deliveries, (SELECT count(*) FROM tenant.event_leases) AS leases,
	(SELECT count(*) FROM tenant.event_buckets) AS buckets, (SELECT count(*) FROM tenant.event_members) AS members;
SELECT part FROM tenant.time_partitions('tenant.events') WHERE upper < '2021-01-01' ORDER BY 1;
SELECT sequence FROM tenant.events WHERE type = 'tenant.tested';
\c regress
DROP DATABASE regress_consumers;
DROP ROLE fx_consumer;
