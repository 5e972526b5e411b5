-- The outbox. The library writes these columns by their position (src/events/publish.cpp, src/events/number.cpp).
-- An id begins with its time, so ranges of ids are ranges of time, and an id tells its partition.
CREATE TABLE tenant.events (
	event_id uuid NOT NULL,
	tenant_id text COLLATE "C" NOT NULL,
	type text NOT NULL,
	version integer NOT NULL,
	published_at timestamptz NOT NULL,
	payload jsonb NOT NULL,
	request_id text,
	trace_id text,
	span_id text,
	sequence bigint
) PARTITION BY RANGE (event_id);
COMMENT ON TABLE tenant.events IS 'The outbox: what happened to tenants, numbered for each as its transactions committed';

-- A write never fails for want of a partition.
CREATE TABLE tenant.events_default PARTITION OF tenant.events (PRIMARY KEY (event_id)) DEFAULT;
COMMENT ON TABLE tenant.events_default IS 'Events of times that tenant.keep_events() has made no partition for';
SELECT pg_catalog.pg_extension_config_dump('tenant.events_default', '');

CREATE FUNCTION tenant.publish(type text, payload jsonb, version integer DEFAULT 1) RETURNS uuid
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_publish';
COMMENT ON FUNCTION tenant.publish(text, jsonb, integer) IS 'Puts an event of the session''s tenant into the outbox; its id';

CREATE FUNCTION tenant.publish_for(id text, type text, payload jsonb) RETURNS uuid
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_publish_for';
COMMENT ON FUNCTION tenant.publish_for(text, text, jsonb) IS 'Puts an event of any tenant into the outbox, for the functions of this schema';

CREATE FUNCTION tenant.number_event() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'pg_tenant_number_event';
COMMENT ON FUNCTION tenant.number_event() IS 'Numbers an event among its tenant''s as its transaction commits, and hands it to consumers';

-- Deferred: the tenant's stream is locked for the commit only. Rows that are loaded with their numbers keep them.
CREATE CONSTRAINT TRIGGER number_event AFTER INSERT ON tenant.events DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW WHEN (NEW.sequence IS NULL) EXECUTE FUNCTION tenant.number_event();
ALTER TABLE tenant.events ENABLE ALWAYS TRIGGER number_event;
ALTER TABLE tenant.events_default ENABLE ALWAYS TRIGGER number_event;

-- The last number of each tenant. Both columns are the key: the newest row is then found first, past those that an old snapshot keeps.
CREATE TABLE tenant.event_streams (
	tenant_id text COLLATE "C",
	last_sequence bigint,
	PRIMARY KEY (tenant_id, last_sequence)
);
COMMENT ON TABLE tenant.event_streams IS 'How many events each tenant has had; its row is what those wait for who commit more';
SELECT pg_catalog.pg_extension_config_dump('tenant.event_streams', '');

CREATE FUNCTION tenant.first_event_id(at timestamptz) RETURNS uuid
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
	AS $$ SELECT rpad(lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0'), 32, '0')::uuid $$;
COMMENT ON FUNCTION tenant.first_event_id(timestamptz) IS 'Where ids of events begin that were published from then on';

CREATE FUNCTION tenant.event_time(event_id uuid) RETURNS timestamptz
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
	AS $$ SELECT to_timestamp(('x' || left(replace(event_id::text, '-', ''), 12))::bit(48)::bigint / 1000.0) $$;
COMMENT ON FUNCTION tenant.event_time(uuid) IS 'When the event of this id was published, to the millisecond';

-- CloudEvents 1.0 in JSON, with the extension attributes of the same name for the order and the trace.
CREATE FUNCTION tenant.cloudevent(event tenant.events) RETURNS jsonb
	LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('specversion', '1.0', 'id', event.event_id, 'source', '/pg_tenant/' || tenant.uri_part(current_database()),
		'type', event.type, 'subject', event.tenant_id, 'time', to_char(event.published_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
		'datacontenttype', 'application/json', 'tenantid', event.tenant_id, 'sequence', lpad(event.sequence::text, 19, '0'), 'eventversion', event.version,
		'requestid', event.request_id, 'traceparent', CASE WHEN event.trace_id ~ '^[0-9a-f]{32}$' AND event.span_id ~ '^[0-9a-f]{16}$'
			AND event.trace_id ~ '[^0]' AND event.span_id ~ '[^0]' THEN format('00-%s-%s-01', event.trace_id, event.span_id) END))
		|| jsonb_build_object('data', event.payload)
$$;
COMMENT ON FUNCTION tenant.cloudevent(tenant.events) IS 'An event as CloudEvents 1.0 in JSON';

-- RFC 3986: bytes that are not unreserved, each as a percent sign and two digits.
CREATE FUNCTION tenant.uri_part(value text) RETURNS text
	LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT string_agg(CASE WHEN c ~ '^[A-Za-z0-9._~-]$' THEN c ELSE regexp_replace(upper(encode(convert_to(c, 'UTF8'), 'hex')), '(..)', '%\1', 'g') END, '' ORDER BY place)
	FROM regexp_split_to_table(value, '') WITH ORDINALITY AS characters (c, place)
$$;
COMMENT ON FUNCTION tenant.uri_part(text) IS 'A text as a part of a URI';

-- What a consumer still has to handle, or has given up, is not dropped: its partition stays, and a warning says for whom.
CREATE PROCEDURE tenant.keep_events(retention interval DEFAULT '7 days', step interval DEFAULT '1 day', ahead integer DEFAULT 2)
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
	old record;
	waiting text;
BEGIN
	IF retention IS NULL OR retention < '1 hour' THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'retention must be an hour or more';
	END IF;
	PERFORM tenant.keep_partitions('tenant.events', step, ahead);
	PERFORM tenant.forget_dropped_consumers();
	FOR old IN SELECT p.part, tenant.first_event_id(p.lower) AS first, tenant.first_event_id(p.upper) AS beyond FROM tenant.time_partitions('tenant.events') p
			WHERE p.upper <= now() - retention ORDER BY p.lower LOOP
		BEGIN
			EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', old.part);
			SELECT string_agg(DISTINCT c.name, ', ' ORDER BY c.name) INTO waiting FROM tenant.event_consumers c
				WHERE EXISTS (SELECT FROM tenant.event_deliveries d WHERE d.consumer_id = c.consumer_id AND d.event_id >= old.first AND d.event_id < old.beyond)
					OR EXISTS (SELECT FROM tenant.event_dead_letters d WHERE d.consumer_id = c.consumer_id AND d.event_id >= old.first AND d.event_id < old.beyond);
			IF waiting IS NOT NULL THEN
				RAISE WARNING USING MESSAGE = format('events of %s are kept for %s', old.part, waiting),
					DETAIL = 'They are not acknowledged, or dead letters.', HINT = 'SELECT * FROM tenant.consumers;';
			ELSE
				EXECUTE format('DROP TABLE %s', old.part);
			END IF;
		EXCEPTION WHEN lock_not_available THEN
			RAISE WARNING USING MESSAGE = format('events of %s are kept: the table is in use', old.part);
		END;
	END LOOP;
END
$$;
COMMENT ON PROCEDURE tenant.keep_events(interval, interval, integer) IS 'Makes the partitions that events will need, and drops those that are older than the retention';
