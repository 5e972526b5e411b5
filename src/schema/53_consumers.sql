-- Consumers of the outbox. The library reads the first three columns of event_consumers, and writes event_deliveries, by their
-- position (src/events/number.cpp). Rows of event_consumers are never updated: numbering reads them with whatever is in progress.
CREATE TABLE tenant.event_consumers (
	consumer_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL UNIQUE,
	types text[],
	max_attempts integer NOT NULL,
	lease interval NOT NULL,
	retry_delay interval NOT NULL,
	created_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);
COMMENT ON TABLE tenant.event_consumers IS 'Who consumes events, of which types, and how patiently';
SELECT pg_catalog.pg_extension_config_dump('tenant.event_consumers', '');
SELECT pg_catalog.pg_extension_config_dump('tenant.event_consumers_consumer_id_seq', '');

CREATE TABLE tenant.event_consumer_grants (
	consumer_id integer,
	role regrole,
	PRIMARY KEY (consumer_id, role)
);
COMMENT ON TABLE tenant.event_consumer_grants IS 'Roles that may consume as a consumer';
SELECT pg_catalog.pg_extension_config_dump('tenant.event_consumer_grants', 'WHERE role IN (SELECT oid FROM pg_catalog.pg_roles)');

-- What a consumer has not acknowledged yet. By hash of the tenant, so that each member of a group has one range of the key.
CREATE TABLE tenant.event_deliveries (
	consumer_id integer,
	hash integer,
	tenant_id text COLLATE "C",
	sequence bigint,
	event_id uuid NOT NULL,
	attempts integer NOT NULL,
	retry_at timestamptz,
	reason text,
	PRIMARY KEY (consumer_id, hash, tenant_id, sequence)
);
COMMENT ON TABLE tenant.event_deliveries IS 'Events that consumers have not acknowledged, with their attempts that failed';
SELECT pg_catalog.pg_extension_config_dump('tenant.event_deliveries', '');

-- Who works on which of a tenant's events. A lease is spent when none of them is left, or when it expires; its row stays.
CREATE TABLE tenant.event_leases (
	consumer_id integer,
	tenant_id text COLLATE "C",
	member text NOT NULL,
	leased_from bigint NOT NULL,
	leased_through bigint NOT NULL,
	expires_at timestamptz NOT NULL,
	PRIMARY KEY (consumer_id, tenant_id)
);
COMMENT ON TABLE tenant.event_leases IS 'Which member of a consumer works on which of a tenant''s events, and until when';

-- What a fetch locks before it leases events of tenants with these hashes, without waiting for another one.
CREATE TABLE tenant.event_buckets (
	consumer_id integer,
	bucket integer,
	PRIMARY KEY (consumer_id, bucket)
);
COMMENT ON TABLE tenant.event_buckets IS 'Ranges of tenants that only one fetch of a consumer leases at a time';
SELECT pg_catalog.pg_extension_config_dump('tenant.event_buckets', '');

CREATE TABLE tenant.event_members (
	consumer_id integer,
	member text,
	expires_at timestamptz NOT NULL,
	PRIMARY KEY (consumer_id, member)
);
COMMENT ON TABLE tenant.event_members IS 'Members of consumers, until when they count if they stay silent';

CREATE TABLE tenant.event_dead_letters (
	consumer_id integer,
	hash integer NOT NULL,
	tenant_id text COLLATE "C" NOT NULL,
	sequence bigint NOT NULL,
	event_id uuid,
	attempts integer NOT NULL,
	reason text,
	died_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	PRIMARY KEY (consumer_id, event_id)
);
COMMENT ON TABLE tenant.event_dead_letters IS 'Deliveries that were given up after too many attempts';
SELECT pg_catalog.pg_extension_config_dump('tenant.event_dead_letters', '');

CREATE VIEW tenant.dead_letters AS
	SELECT c.name AS consumer, d.event_id, d.tenant_id, d.sequence, e.type, d.attempts, d.reason, d.died_at
	FROM tenant.event_dead_letters d
	JOIN tenant.event_consumers c ON c.consumer_id OPERATOR(pg_catalog.=) d.consumer_id
	LEFT JOIN tenant.events e ON e.event_id OPERATOR(pg_catalog.=) d.event_id;
COMMENT ON VIEW tenant.dead_letters IS 'Events that consumers could not handle';

CREATE VIEW tenant.consumers AS
	SELECT c.name AS consumer, c.types, c.max_attempts, c.lease, c.retry_delay, c.created_at,
		(SELECT pg_catalog.count(*) FROM tenant.event_deliveries d WHERE d.consumer_id OPERATOR(pg_catalog.=) c.consumer_id) AS waiting,
		(SELECT pg_catalog.count(*) FROM tenant.event_dead_letters d WHERE d.consumer_id OPERATOR(pg_catalog.=) c.consumer_id) AS dead,
		ARRAY(SELECT m.member FROM tenant.event_members m WHERE m.consumer_id OPERATOR(pg_catalog.=) c.consumer_id
			AND m.expires_at OPERATOR(pg_catalog.>) pg_catalog.clock_timestamp() ORDER BY m.member) AS members
	FROM tenant.event_consumers c;
COMMENT ON VIEW tenant.consumers IS 'Consumers of events, and how many wait for each';

CREATE FUNCTION tenant.tenant_hash(tenant_id text) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pg_tenant_tenant_hash';
COMMENT ON FUNCTION tenant.tenant_hash(text) IS 'The hash by which tenants are spread over members of a consumer';

CREATE FUNCTION tenant.find_consumer(consumer text) RETURNS tenant.event_consumers
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_consumer tenant.event_consumers;
BEGIN
	SELECT * INTO found_consumer FROM tenant.event_consumers c WHERE c.name = consumer;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '42704', MESSAGE = format('there is no consumer "%s"', consumer);
	END IF;
	RETURN found_consumer;
END
$$;
COMMENT ON FUNCTION tenant.find_consumer(text) IS 'A consumer by its name';

CREATE FUNCTION tenant.wait_for_numbering() RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_wait_for_numbering';
COMMENT ON FUNCTION tenant.wait_for_numbering() IS 'Waits until the transactions have ended that have numbered events by now';

-- Who numbers from the INSERT on sees the consumer, though it is not committed, and delivers; who numbered before is waited for, and
-- what he published is delivered here. Nobody waits for this.
CREATE FUNCTION tenant.create_consumer(name text, start text DEFAULT 'now', types text[] DEFAULT NULL, max_attempts integer DEFAULT 10,
		lease interval DEFAULT '30 seconds', retry_delay interval DEFAULT '1 second') RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	new_id integer;
BEGIN
	IF tenant.is_valid_name(create_consumer.name) IS NOT TRUE THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'invalid name of a consumer',
			DETAIL = 'A name is 1 to 256 characters, without control characters and without a space at its ends.';
	END IF;
	IF start IS NULL OR start NOT IN ('now', 'beginning') THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'a consumer starts now or from the beginning',
			HINT = 'start => ''now'' or start => ''beginning''';
	END IF;
	IF array_ndims(create_consumer.types) > 1 OR EXISTS (SELECT FROM unnest(create_consumer.types) t WHERE t IS NULL OR t !~ '^[[:alnum:]._/:-]*\*?$' OR t = '')
			OR create_consumer.types = '{}' THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'invalid types of a consumer',
			DETAIL = 'They are types of events, or what types begin with and an asterisk.';
	END IF;
	IF create_consumer.max_attempts IS NULL OR create_consumer.max_attempts < 1 OR create_consumer.lease IS NULL OR create_consumer.lease <= '0'
			OR create_consumer.lease > '1 day' OR create_consumer.retry_delay IS NULL OR create_consumer.retry_delay <= '0' OR create_consumer.retry_delay > '1 hour' THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'invalid lease, attempts or delay of a consumer',
			DETAIL = 'A lease is at most a day, the first delay at most an hour, and there is one attempt or more.';
	END IF;
	IF start = 'beginning' AND current_setting('transaction_isolation') <> 'read committed' THEN
		RAISE EXCEPTION USING ERRCODE = '25001', MESSAGE = 'a consumer from the beginning is created in a READ COMMITTED transaction';
	END IF;
	INSERT INTO tenant.event_consumers (name, types, max_attempts, lease, retry_delay)
		VALUES (create_consumer.name, create_consumer.types, create_consumer.max_attempts, create_consumer.lease, create_consumer.retry_delay)
		ON CONFLICT DO NOTHING RETURNING consumer_id INTO new_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '42710', MESSAGE = format('there is a consumer "%s" already', create_consumer.name);
	END IF;
	INSERT INTO tenant.event_buckets SELECT new_id, bucket FROM generate_series(0, 255) bucket;
	PERFORM tenant.record_action(NULL, 'consumer_created', NULL, jsonb_build_object('consumer', create_consumer.name));
	IF start = 'beginning' THEN
		PERFORM tenant.wait_for_numbering();
		INSERT INTO tenant.event_deliveries SELECT new_id, tenant.tenant_hash(e.tenant_id), e.tenant_id, e.sequence, e.event_id, 0
			FROM tenant.events e WHERE e.sequence IS NOT NULL AND (create_consumer.types IS NULL OR EXISTS (
				SELECT FROM unnest(create_consumer.types) t WHERE t = e.type OR right(t, 1) = '*' AND starts_with(e.type, left(t, -1))))
			ON CONFLICT DO NOTHING;
	END IF;
END
$$;
COMMENT ON FUNCTION tenant.create_consumer(text, text, text[], integer, interval, interval) IS 'Has events kept for a consumer from now on, or all that there are';

-- What numbering delivers meanwhile is nobody's: keep_events() removes it.
CREATE FUNCTION tenant.drop_consumer(name text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	dropped integer := (tenant.find_consumer(name)).consumer_id;
BEGIN
	DELETE FROM tenant.event_consumers c WHERE c.consumer_id = dropped;
	DELETE FROM tenant.event_consumer_grants c WHERE c.consumer_id = dropped;
	DELETE FROM tenant.event_buckets c WHERE c.consumer_id = dropped;
	DELETE FROM tenant.event_members c WHERE c.consumer_id = dropped;
	DELETE FROM tenant.event_leases c WHERE c.consumer_id = dropped;
	DELETE FROM tenant.event_dead_letters c WHERE c.consumer_id = dropped;
	DELETE FROM tenant.event_deliveries c WHERE c.consumer_id = dropped;
	PERFORM tenant.record_action(NULL, 'consumer_dropped', NULL, jsonb_build_object('consumer', name));
END
$$;
COMMENT ON FUNCTION tenant.drop_consumer(text) IS 'Forgets a consumer with all that waits for it';

CREATE FUNCTION tenant.grant_consumer(consumer text, role regrole) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = grant_consumer.role) THEN
		RAISE EXCEPTION USING ERRCODE = '42704', MESSAGE = 'there is no such role';
	END IF;
	-- A role that comes to have the number of one that was dropped must not inherit its consumers.
	DELETE FROM tenant.event_consumer_grants g WHERE NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = g.role);
	INSERT INTO tenant.event_consumer_grants VALUES ((tenant.find_consumer(consumer)).consumer_id, grant_consumer.role) ON CONFLICT DO NOTHING;
	IF FOUND THEN
		PERFORM tenant.record_action(NULL, 'consumer_granted', NULL, jsonb_build_object('consumer', consumer, 'role', grant_consumer.role));
	END IF;
END
$$;
COMMENT ON FUNCTION tenant.grant_consumer(text, regrole) IS 'Lets a role consume as a consumer: events of all tenants';

CREATE FUNCTION tenant.revoke_consumer(consumer text, role regrole) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	DELETE FROM tenant.event_consumer_grants g
		WHERE g.consumer_id = (tenant.find_consumer(consumer)).consumer_id AND g.role = revoke_consumer.role;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '42704', MESSAGE = 'the role has no grant of this consumer';
	END IF;
	PERFORM tenant.record_action(NULL, 'consumer_revoked', NULL, jsonb_build_object('consumer', consumer, 'role', revoke_consumer.role));
END
$$;
COMMENT ON FUNCTION tenant.revoke_consumer(text, regrole) IS 'Takes a consumer from a role';

-- Rows that numbering made for a consumer that was dropped, or whose creation was rolled back, and members who are gone. One that is being
-- created is not to be taken for one of these.
CREATE FUNCTION tenant.forget_dropped_consumers() RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	LOCK TABLE tenant.event_consumers IN SHARE MODE NOWAIT;
	DELETE FROM tenant.event_deliveries d WHERE NOT EXISTS (SELECT FROM tenant.event_consumers c WHERE c.consumer_id = d.consumer_id);
	DELETE FROM tenant.event_leases l WHERE NOT EXISTS (SELECT FROM tenant.event_consumers c WHERE c.consumer_id = l.consumer_id);
	DELETE FROM tenant.event_members m WHERE m.expires_at < clock_timestamp() - interval '1 day'
		OR NOT EXISTS (SELECT FROM tenant.event_consumers c WHERE c.consumer_id = m.consumer_id);
EXCEPTION WHEN lock_not_available THEN
	RAISE NOTICE 'what dropped consumers left stays: one is being created or dropped';
END
$$;
COMMENT ON FUNCTION tenant.forget_dropped_consumers() IS 'Removes what consumers have left that are no more';
