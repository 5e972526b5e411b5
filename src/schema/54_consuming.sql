-- Fetching and acknowledging. The library lets the caller in and calls these as the extension's owner (src/sqlapi/consumers.cpp).
-- Queues are empty at one time and long at another, so statistics say nothing: queries are written so that they can only be run row by
-- row by the keys, with sub-selects that the planner neither flattens nor puts into another order.

-- The first tenants with these hashes that have an event for the consumer to handle now: a probe for each tenant that has deliveries,
-- however many it has.
CREATE FUNCTION tenant.ready_tenants(consumer integer, first_hash integer, last_hash integer, at_most integer, at timestamptz) RETURNS text[]
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN ARRAY(WITH RECURSIVE heads AS (
			(SELECT d.hash, d.tenant_id, d.sequence, d.retry_at FROM tenant.event_deliveries d
				WHERE d.consumer_id = consumer AND d.hash >= first_hash AND d.hash <= last_hash
				ORDER BY d.consumer_id, d.hash, d.tenant_id, d.sequence LIMIT 1)
			UNION ALL
			SELECT n.* FROM heads h, LATERAL (SELECT d.hash, d.tenant_id, d.sequence, d.retry_at FROM tenant.event_deliveries d
				WHERE d.consumer_id = consumer AND (d.hash, d.tenant_id) > (h.hash, h.tenant_id) AND d.hash <= last_hash
				ORDER BY d.consumer_id, d.hash, d.tenant_id, d.sequence LIMIT 1) n
		)
		SELECT h.tenant_id FROM heads h
		WHERE (h.retry_at IS NULL OR h.retry_at <= at) AND (SELECT l.expires_at > at AND EXISTS (SELECT FROM tenant.event_deliveries d
				WHERE d.consumer_id = consumer AND d.hash = h.hash AND d.tenant_id = h.tenant_id AND d.sequence BETWEEN l.leased_from AND l.leased_through)
			FROM tenant.event_leases l WHERE l.consumer_id = consumer AND l.tenant_id = h.tenant_id) IS NOT TRUE
		LIMIT at_most);
END
$$;
COMMENT ON FUNCTION tenant.ready_tenants(integer, integer, integer, integer, timestamptz) IS
	'Tenants of a range of hashes whose next event a consumer may have now';

-- One more attempt at a delivery has failed: again later, or given up.
CREATE FUNCTION tenant.fail_delivery(consumer tenant.event_consumers, failed tenant.event_deliveries, reason text, delay interval)
	RETURNS timestamptz
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	failures integer := failed.attempts + 1;
	again timestamptz;
BEGIN
	IF failures >= consumer.max_attempts THEN
		DELETE FROM tenant.event_deliveries d WHERE d.consumer_id = failed.consumer_id AND d.hash = failed.hash
			AND d.tenant_id = failed.tenant_id AND d.sequence = failed.sequence;
		INSERT INTO tenant.event_dead_letters VALUES (failed.consumer_id, failed.hash, failed.tenant_id, failed.sequence, failed.event_id,
			failures, left(fail_delivery.reason, 1000));
		RETURN NULL;
	END IF;
	-- Twice as long each time up to an hour, and by chance up to half of it less, so that what failed together does not come back together.
	again := clock_timestamp() + coalesce(delay,
		least(interval '1 hour', consumer.retry_delay * power(2, least(failures - 1, 20))) * (1 - random() / 2));
	UPDATE tenant.event_deliveries d SET attempts = failures, retry_at = CASE WHEN delay = '0' THEN NULL ELSE again END, reason = left(fail_delivery.reason, 1000)
		WHERE d.consumer_id = failed.consumer_id AND d.hash = failed.hash AND d.tenant_id = failed.tenant_id AND d.sequence = failed.sequence;
	RETURN again;
END
$$;
COMMENT ON FUNCTION tenant.fail_delivery(tenant.event_consumers, tenant.event_deliveries, text, interval) IS
	'Counts a failed attempt at a delivery; when it comes again, NULL if it is given up';

-- A lease that expired counts as an attempt at the first event that it had left: that is the one that its holder may have died of.
CREATE FUNCTION tenant.expire_leases(consumer tenant.event_consumers, tenants text[]) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	failed tenant.event_deliveries;
BEGIN
	FOR failed IN SELECT h.* FROM unnest(tenants) t,
			LATERAL (SELECT l.* FROM tenant.event_leases l WHERE l.consumer_id = consumer.consumer_id AND l.tenant_id = t AND l.expires_at <= clock_timestamp() LIMIT 1) l,
			LATERAL (SELECT d.* FROM tenant.event_deliveries d WHERE d.consumer_id = consumer.consumer_id AND d.hash = tenant.tenant_hash(t) AND d.tenant_id = t
				AND d.sequence BETWEEN l.leased_from AND l.leased_through ORDER BY d.consumer_id, d.hash, d.tenant_id, d.sequence LIMIT 1) h LOOP
		PERFORM tenant.fail_delivery(consumer, failed, 'its lease expired', '0');
	END LOOP;
END
$$;
COMMENT ON FUNCTION tenant.expire_leases(tenant.event_consumers, text[]) IS 'Counts leases of tenants that expired as failed attempts';

-- Registers a member, and gives the range of hashes that is its own among the members who are there now; all of them without a name.
CREATE FUNCTION tenant.join_group(consumer tenant.event_consumers, member text, OUT first_hash integer, OUT last_hash integer)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	place bigint := 0::bigint;
	members bigint := 1::bigint;
BEGIN
	IF join_group.member IS NOT NULL THEN
		-- Longer than it must, so that not every fetch has to write this.
		IF NOT EXISTS (SELECT FROM tenant.event_members m WHERE m.consumer_id = consumer.consumer_id AND m.member = join_group.member
				AND m.expires_at > clock_timestamp() + consumer.lease) THEN
			INSERT INTO tenant.event_members VALUES (consumer.consumer_id, join_group.member, clock_timestamp() + consumer.lease * 1.5)
				ON CONFLICT (consumer_id, member) DO UPDATE SET expires_at = excluded.expires_at;
		END IF;
		SELECT count(*) FILTER (WHERE m.member COLLATE "C" < join_group.member COLLATE "C"), count(*) INTO place, members FROM tenant.event_members m
			WHERE m.consumer_id = consumer.consumer_id AND m.expires_at > clock_timestamp();
	END IF;
	first_hash := (-2147483648 + place * 4294967296 / members)::integer;
	last_hash := (-2147483649 + (place + 1) * 4294967296 / members)::integer;
END
$$;
COMMENT ON FUNCTION tenant.join_group(tenant.event_consumers, text) IS 'Registers a member of a consumer; which tenants are its own';

-- Of these tenants those whose buckets and leases no other fetch holds.
CREATE FUNCTION tenant.lock_tenants(consumer integer, tenants text[]) RETURNS text[]
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	buckets integer[];
	locked text[];
BEGIN
	buckets := ARRAY(SELECT b.bucket FROM (SELECT DISTINCT (tenant.tenant_hash(t) >> 24) + 128 AS bucket FROM unnest(tenants) t) w,
		LATERAL (SELECT b.bucket FROM tenant.event_buckets b WHERE b.consumer_id = consumer AND b.bucket = w.bucket FOR UPDATE SKIP LOCKED) b);
	locked := ARRAY(SELECT l.tenant_id FROM unnest(tenants) t, LATERAL (SELECT l.tenant_id FROM tenant.event_leases l
		WHERE l.consumer_id = consumer AND l.tenant_id = t FOR UPDATE SKIP LOCKED) l);
	-- What others have leased since they were found ready is seen now.
	RETURN ARRAY(SELECT t FROM unnest(tenants) t WHERE (tenant.tenant_hash(t) >> 24) + 128 = ANY (buckets)
		AND (SELECT t = ANY (locked) AND (l.expires_at <= clock_timestamp() OR NOT EXISTS (SELECT FROM tenant.event_deliveries d WHERE d.consumer_id = consumer
				AND d.hash = tenant.tenant_hash(t) AND d.tenant_id = t AND d.sequence BETWEEN l.leased_from AND l.leased_through))
			FROM tenant.event_leases l WHERE l.consumer_id = consumer AND l.tenant_id = t) IS NOT FALSE);
END
$$;
COMMENT ON FUNCTION tenant.lock_tenants(integer, text[]) IS 'Which of these tenants this fetch may lease: no other one is at them';

CREATE FUNCTION tenant.lease_events(consumer text, batch integer, member text) RETURNS SETOF tenant.events
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
	SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
	own tenant.event_consumers := tenant.find_consumer(lease_events.consumer);
	reach record := tenant.join_group(own, lease_events.member);
	at timestamptz := clock_timestamp();
	-- From somewhere else each time, so that those who come first do not come before others always.
	middle integer := (reach.first_hash + floor(random() * (reach.last_hash::bigint - reach.first_hash))::bigint)::integer;
	tenants text[];
BEGIN
	tenants := tenant.ready_tenants(own.consumer_id, middle, reach.last_hash, batch, at);
	IF cardinality(tenants) < batch AND middle > reach.first_hash THEN
		tenants := tenants || tenant.ready_tenants(own.consumer_id, reach.first_hash, middle - 1, batch - cardinality(tenants), at);
	END IF;
	tenants := tenant.lock_tenants(own.consumer_id, tenants);
	IF tenants = '{}' THEN
		RETURN;
	END IF;
	PERFORM tenant.expire_leases(own, tenants);
	RETURN QUERY WITH next AS MATERIALIZED (
		SELECT n.tenant_id, n.sequence, n.event_id FROM unnest(tenants) t, LATERAL (
			SELECT d.*, row_number() OVER w AS place, sum(d.attempts) OVER w AS failures,
				bool_or(d.retry_at > at) OVER w AS is_held_back
			FROM (SELECT d.* FROM tenant.event_deliveries d WHERE d.consumer_id = own.consumer_id AND d.hash = tenant.tenant_hash(t) AND d.tenant_id = t
				ORDER BY d.consumer_id, d.hash, d.tenant_id, d.sequence LIMIT least(batch, ceil(4.0 * batch / cardinality(tenants)))) d
			WINDOW w AS (ORDER BY d.sequence)) n
		-- What has failed before comes alone: so each is given up for its own failures only.
		WHERE n.is_held_back IS NOT TRUE AND (n.place = 1 OR n.failures = 0)
		ORDER BY n.place LIMIT batch
	), leased AS (
		INSERT INTO tenant.event_leases SELECT own.consumer_id, tenant_id, coalesce(lease_events.member, ''), min(sequence), max(sequence), clock_timestamp() + own.lease
			FROM next GROUP BY tenant_id
			ON CONFLICT (consumer_id, tenant_id) DO UPDATE SET member = excluded.member, leased_from = excluded.leased_from, leased_through = excluded.leased_through,
				expires_at = excluded.expires_at
	)
	SELECT e.* FROM next n, LATERAL (SELECT e.* FROM tenant.events e WHERE e.event_id = n.event_id LIMIT 1) e ORDER BY n.tenant_id, n.sequence;
END
$$;
COMMENT ON FUNCTION tenant.lease_events(text, integer, text) IS 'Leases the next events of a consumer to one of its members';

-- The delivery of an event that a member holds: its lease, and the event.
CREATE FUNCTION tenant.leased_delivery(consumer integer, event_id uuid, member text) RETURNS tenant.event_deliveries
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_delivery tenant.event_deliveries;
BEGIN
	SELECT d.* INTO found_delivery FROM tenant.events e
		JOIN tenant.event_leases l ON l.consumer_id = consumer AND l.tenant_id = e.tenant_id
		JOIN tenant.event_deliveries d ON d.consumer_id = consumer AND d.hash = tenant.tenant_hash(e.tenant_id) AND d.tenant_id = e.tenant_id
			AND d.sequence = e.sequence
		WHERE e.event_id = leased_delivery.event_id AND l.member = coalesce(leased_delivery.member, '') AND e.sequence BETWEEN l.leased_from AND l.leased_through
			AND l.expires_at > clock_timestamp() FOR UPDATE OF l, d;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '55000', MESSAGE = 'the event is not leased to this member',
			DETAIL = 'It was not fetched, is acknowledged, or its lease has expired.';
	END IF;
	RETURN found_delivery;
END
$$;
COMMENT ON FUNCTION tenant.leased_delivery(integer, uuid, text) IS 'What a member holds of an event; raises 55000 if it does not';

CREATE FUNCTION tenant.acknowledge(consumer text, event_ids uuid[], member text) RETURNS integer
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
	SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off AS $$
DECLARE
	own_id integer := (tenant.find_consumer(consumer)).consumer_id;
	done integer;
BEGIN
	-- A lease that has expired is good as long as nobody else has taken the tenant.
	DELETE FROM tenant.event_deliveries WHERE ctid = ANY (ARRAY(SELECT d.ctid FROM unnest(event_ids) i,
		LATERAL (SELECT e.tenant_id, e.sequence FROM tenant.events e WHERE e.event_id = i LIMIT 1) e,
		LATERAL (SELECT d.ctid FROM tenant.event_deliveries d WHERE d.consumer_id = own_id AND d.hash = tenant.tenant_hash(e.tenant_id)
			AND d.tenant_id = e.tenant_id AND d.sequence = e.sequence AND (SELECT l.member = coalesce(acknowledge.member, '') AND e.sequence BETWEEN l.leased_from AND l.leased_through
				FROM tenant.event_leases l WHERE l.consumer_id = own_id AND l.tenant_id = e.tenant_id) FOR UPDATE) d));
	GET DIAGNOSTICS done = ROW_COUNT;
	RETURN done;
END
$$;
COMMENT ON FUNCTION tenant.acknowledge(text, uuid[], text) IS 'Removes deliveries that a member of a consumer holds; how many';

CREATE FUNCTION tenant.refuse_event(consumer text, event_id uuid, reason text, delay interval, member text) RETURNS timestamptz
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
	SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off AS $$
DECLARE
	own tenant.event_consumers := tenant.find_consumer(consumer);
	failed tenant.event_deliveries;
BEGIN
	IF delay < '0' OR delay > '30 days' THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'delay must be 0 to 30 days';
	END IF;
	failed := tenant.leased_delivery(own.consumer_id, event_id, member);
	-- Later ones go back: they come again after this one.
	UPDATE tenant.event_leases l SET leased_through = failed.sequence - 1 WHERE l.consumer_id = own.consumer_id AND l.tenant_id = failed.tenant_id;
	RETURN tenant.fail_delivery(own, failed, reason, delay);
END
$$;
COMMENT ON FUNCTION tenant.refuse_event(text, uuid, text, interval, text) IS 'Counts a failed attempt at an event that a member holds, and frees later ones';

CREATE FUNCTION tenant.event_origin(consumer text, event_id uuid, member text, OUT tenant_id text, OUT request_id text, OUT trace_id text, OUT span_id text)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
	SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
	origin tenant.events;
BEGIN
	PERFORM tenant.leased_delivery((tenant.find_consumer(consumer)).consumer_id, event_origin.event_id, member);
	SELECT e.* INTO origin FROM tenant.events e WHERE e.event_id = event_origin.event_id;
	-- Who has the id now must not get what the former tenant left.
	IF EXISTS (SELECT FROM tenant.purges p WHERE p.tenant_id = origin.tenant_id AND p.finished_at >= origin.published_at) THEN
		RAISE EXCEPTION USING ERRCODE = 'TN002', MESSAGE = format('tenant "%s" of the event was purged', origin.tenant_id),
			DETAIL = 'A tenant that has its id now is another one.', HINT = format('SELECT tenant.ack(%L, ARRAY[...]::uuid[]);', consumer);
	END IF;
	tenant_id := origin.tenant_id;
	request_id := origin.request_id;
	trace_id := origin.trace_id;
	span_id := origin.span_id;
END
$$;
COMMENT ON FUNCTION tenant.event_origin(text, uuid, text) IS 'Whose event it is that a member holds, and of which request';

CREATE FUNCTION tenant.may_consume(consumer text, role oid) RETURNS boolean
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	own tenant.event_consumers := tenant.find_consumer(consumer);
BEGIN
	RETURN pg_has_role(role, 'tenant_admin', 'USAGE') OR EXISTS (SELECT FROM tenant.event_consumer_grants g
		WHERE g.consumer_id = own.consumer_id AND pg_has_role(may_consume.role, g.role::oid, 'USAGE'));
END
$$;
COMMENT ON FUNCTION tenant.may_consume(text, oid) IS 'Whether a role may consume as a consumer';

CREATE FUNCTION tenant.fetch(consumer text, batch integer DEFAULT 100, member text DEFAULT NULL) RETURNS SETOF tenant.events
	LANGUAGE c VOLATILE PARALLEL UNSAFE ROWS 100 AS 'MODULE_PATHNAME', 'pg_tenant_fetch';
COMMENT ON FUNCTION tenant.fetch(text, integer, text) IS 'Leases the next events of a consumer, each tenant''s in the order of their commits';

CREATE FUNCTION tenant.ack(consumer text, event_ids uuid[], member text DEFAULT NULL) RETURNS integer
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_ack';
COMMENT ON FUNCTION tenant.ack(text, uuid[], text) IS 'These events are handled and do not come again; how many of them were leased to this member';

CREATE FUNCTION tenant.nack(consumer text, event_id uuid, reason text, delay interval DEFAULT NULL, member text DEFAULT NULL) RETURNS timestamptz
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_nack';
COMMENT ON FUNCTION tenant.nack(text, uuid, text, interval, text) IS 'This event could not be handled; when it comes again, NULL if it is given up';

CREATE FUNCTION tenant.handle(consumer text, event_id uuid, member text DEFAULT NULL) RETURNS text
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_handle';
COMMENT ON FUNCTION tenant.handle(text, uuid, text) IS 'Sets tenant, request and trace of a leased event for the transaction; the tenant';

CREATE FUNCTION tenant.redrive(consumer text, event_ids uuid[] DEFAULT NULL) RETURNS integer
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	own_id integer := (tenant.find_consumer(consumer)).consumer_id;
	revived integer;
BEGIN
	WITH back AS (DELETE FROM tenant.event_dead_letters d WHERE d.consumer_id = own_id AND (event_ids IS NULL OR d.event_id = ANY (event_ids))
		RETURNING d.*)
	INSERT INTO tenant.event_deliveries SELECT own_id, hash, tenant_id, sequence, event_id, 0 FROM back;
	GET DIAGNOSTICS revived = ROW_COUNT;
	RETURN revived;
END
$$;
COMMENT ON FUNCTION tenant.redrive(text, uuid[]) IS 'Gives dead letters of a consumer back to it, or those named; how many';
