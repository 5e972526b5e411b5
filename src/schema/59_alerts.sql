-- Alerts (src/alerts): rules over what tenants have done lately. Written through the functions below; what a rule's expression may be is
-- asked again each time, so one that came another way can do no harm either.
CREATE TABLE tenant.alert_rules (
	name text COLLATE "C" PRIMARY KEY,
	expression text NOT NULL,
	comparison text NOT NULL CHECK (comparison OPERATOR(pg_catalog.=) ANY (ARRAY['above', 'below'])),
	threshold double precision NOT NULL,
	time_window interval NOT NULL,
	silence interval NOT NULL,
	severity text NOT NULL,
	is_enabled boolean NOT NULL DEFAULT true,
	created_by text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	last_evaluated_at timestamptz,
	last_error text
);
COMMENT ON TABLE tenant.alert_rules IS 'What is alerted of: an expression over tenant.alert_windows, and its threshold';
SELECT pg_catalog.pg_extension_config_dump('tenant.alert_rules', '');

-- Not dumped: it is of this server.
CREATE TABLE tenant.alert_states (
	rule text COLLATE "C",
	tenant_id text COLLATE "C",
	is_firing boolean NOT NULL,
	since timestamptz NOT NULL,
	value double precision,
	is_told boolean NOT NULL,
	last_fired_at timestamptz,
	event_id uuid,
	PRIMARY KEY (rule, tenant_id)
);
COMMENT ON TABLE tenant.alert_states IS 'For which tenants a rule holds, or held lately';

-- What was counted at some moments. A row with an empty id is there for each, also where there was no tenant. Unlogged: after a crash
-- counters begin at zero, and so do these.
CREATE UNLOGGED TABLE tenant.alert_readings (
	time_window interval,
	tenant_id text COLLATE "C",
	read_at timestamptz,
	counters bigint[],
	errors bigint[],
	refusals bigint[],
	latency bigint[],
	first_seen timestamptz,
	PRIMARY KEY (time_window, tenant_id, read_at)
);
COMMENT ON TABLE tenant.alert_readings IS 'What was counted of each tenant, a time window ago and since';

CREATE FUNCTION tenant.count_since(counts bigint[], before bigint[], first integer, last integer) RETURNS double precision
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pg_tenant_count_since';
COMMENT ON FUNCTION tenant.count_since(bigint[], bigint[], integer, integer) IS 'By how much counters have grown: the sum over these places';

CREATE FUNCTION tenant.quantile_since(counts bigint[], before bigint[], share double precision, longest double precision) RETURNS double precision
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pg_tenant_quantile_since';
COMMENT ON FUNCTION tenant.quantile_since(bigint[], bigint[], double precision, double precision) IS
	'Milliseconds that this share of the statements did not exceed which a histogram has more than before';

-- The newest reading that is a window old. One that is much older, since nothing was evaluated meanwhile, is none.
CREATE VIEW tenant.alert_baselines AS
	SELECT r.time_window, pg_catalog.max(r.read_at) AS read_at FROM tenant.alert_readings r
	WHERE r.tenant_id OPERATOR(pg_catalog.=) '' AND r.read_at OPERATOR(pg_catalog.<=) (pg_catalog.statement_timestamp() OPERATOR(pg_catalog.-) r.time_window)
		AND r.read_at OPERATOR(pg_catalog.>=) (pg_catalog.statement_timestamp() OPERATOR(pg_catalog.-) (2 OPERATOR(pg_catalog.*) r.time_window)
			OPERATOR(pg_catalog.-) (2 OPERATOR(pg_catalog.*) pg_catalog.current_setting('pg_tenant.alert_interval')::interval))
	GROUP BY r.time_window;
COMMENT ON VIEW tenant.alert_baselines IS 'With which reading the counters of now are compared';

-- Counters that began anew are compared with nothing.
CREATE VIEW tenant.alert_windows AS
	SELECT b.time_window, c.tenant_id,
		pg_catalog.date_part('epoch', pg_catalog.statement_timestamp() OPERATOR(pg_catalog.-) b.read_at) AS seconds,
		tenant.count_since(c.counters, r.counters, 1, 5) AS calls, tenant.count_since(c.errors, r.errors, 1, 12) AS errors,
		tenant.count_since(c.refusals, r.refusals, 1, 12) AS refusals, tenant.count_since(c.counters, r.counters, 6, 6) AS rows,
		tenant.count_since(c.counters, r.counters, 7, 7) OPERATOR(pg_catalog./) 1000 AS total_time,
		tenant.count_since(c.counters, r.counters, 8, 8) OPERATOR(pg_catalog./) 1000 AS cpu_time,
		tenant.count_since(c.counters, r.counters, 9, 9) AS shared_blks_hit, tenant.count_since(c.counters, r.counters, 10, 10) AS shared_blks_read,
		tenant.count_since(c.counters, r.counters, 11, 11) AS temp_bytes, tenant.count_since(c.counters, r.counters, 12, 12) AS wal_bytes,
		tenant.quantile_since(c.latency, r.latency, 0.5, c.longest) AS p50, tenant.quantile_since(c.latency, r.latency, 0.95, c.longest) AS p95,
		tenant.quantile_since(c.latency, r.latency, 0.99, c.longest) AS p99,
		c.sessions::double precision AS sessions, c.running::double precision AS running
	FROM tenant.alert_baselines b CROSS JOIN tenant.tenant_counters() c
	LEFT JOIN tenant.alert_readings r ON r.time_window OPERATOR(pg_catalog.=) b.time_window AND r.tenant_id OPERATOR(pg_catalog.=) c.tenant_id
		AND r.read_at OPERATOR(pg_catalog.=) b.read_at AND (r.first_seen OPERATOR(pg_catalog.<) c.first_seen) IS NOT TRUE
	WHERE NOT c.is_other;
COMMENT ON VIEW tenant.alert_windows IS 'What each tenant has done within the time windows of the rules; what their expressions are over';

-- Both raise where an expression is more than arithmetic.
CREATE FUNCTION tenant.alert_type(expression text) RETURNS regtype
	LANGUAGE c STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS 'MODULE_PATHNAME', 'pg_tenant_alert_type';
COMMENT ON FUNCTION tenant.alert_type(text) IS 'The type of an alert rule''s expression';

CREATE FUNCTION tenant.alert_values(expression text, time_window interval, OUT tenant_id text, OUT value double precision) RETURNS SETOF record
	LANGUAGE c STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS 'MODULE_PATHNAME', 'pg_tenant_alert_values';
COMMENT ON FUNCTION tenant.alert_values(text, interval) IS 'An alert rule''s expression for each tenant';

CREATE VIEW tenant.alerts AS
	SELECT s.rule, r.severity, s.tenant_id, s.is_firing, s.since, s.value, r.comparison, r.threshold, s.last_fired_at, s.event_id
	FROM tenant.alert_states s JOIN tenant.alert_rules r ON r.name OPERATOR(pg_catalog.=) s.rule;
COMMENT ON VIEW tenant.alerts IS 'For which tenants rules hold now, or held within the last day';

CREATE FUNCTION tenant.require_alert_rule(name text, expression text, threshold double precision, time_window interval, silence interval, severity text,
		comparison text) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	wrong text := CASE WHEN coalesce(name, '') !~ '^[[:alnum:]_.-]{1,63}$' THEN 'name must be 1 to 63 letters, digits, "_", "." or "-"'
		WHEN threshold IS NULL OR threshold = 'NaN' THEN 'threshold must be a number'
		WHEN coalesce(time_window NOT BETWEEN '1 second' AND '1 day', true) THEN 'time_window must be a second to a day'
		WHEN coalesce(silence NOT BETWEEN '0' AND '30 days', true) THEN 'silence must be 0 to 30 days'
		WHEN coalesce(severity NOT IN ('info', 'warning', 'critical'), true) THEN 'severity must be info, warning or critical'
		WHEN coalesce(comparison NOT IN ('above', 'below'), true) THEN 'comparison must be above or below'
		WHEN length(expression) > 1000 THEN 'expression must have 1000 characters at most' END;
	type regtype;
BEGIN
	IF wrong IS NOT NULL THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = wrong;
	END IF;
	type := tenant.alert_type(expression);
	IF type NOT IN ('double precision', 'numeric', 'bigint', 'integer') THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'expression of an alert rule must be a number',
			DETAIL = format('It is %s.', type), HINT = 'CASE WHEN calls > 100 THEN errors / calls END';
	END IF;
END
$$;
COMMENT ON FUNCTION tenant.require_alert_rule(text, text, double precision, interval, interval, text, text) IS 'Refuses what is no rule';

CREATE FUNCTION tenant.create_alert_rule(name text, expression text, threshold double precision, time_window interval DEFAULT '1 min',
		silence interval DEFAULT '10 min', severity text DEFAULT 'warning', comparison text DEFAULT 'above') RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM tenant.require_alert_rule(name, expression, threshold, time_window, silence, severity, comparison);
	-- Windows that are equal are one, and '1 mon -30 days 1 s' is as long as a second: but not when it is taken from a date.
	INSERT INTO tenant.alert_rules AS r (name, expression, comparison, threshold, time_window, silence, severity, created_by)
		VALUES (create_alert_rule.name, create_alert_rule.expression, create_alert_rule.comparison, create_alert_rule.threshold,
			justify_interval(create_alert_rule.time_window), create_alert_rule.silence, create_alert_rule.severity, tenant.acting_role()) ON CONFLICT DO NOTHING;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '42710', MESSAGE = format('alert rule "%s" already exists', name),
			HINT = format('SELECT tenant.drop_alert_rule(%L);', name);
	END IF;
	PERFORM tenant.record_action(NULL, 'alert_rule_created', NULL, jsonb_build_object('rule', name, 'expression', expression, 'comparison', comparison,
		'threshold', threshold, 'seconds', date_part('epoch', time_window), 'silence', date_part('epoch', silence), 'severity', severity));
END
$$;
COMMENT ON FUNCTION tenant.create_alert_rule(text, text, double precision, interval, interval, text, text) IS
	'Alerts of each tenant for which a number is above, or below, a threshold';

CREATE FUNCTION tenant.drop_alert_rule(name text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	DELETE FROM tenant.alert_rules r WHERE r.name = drop_alert_rule.name;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '42704', MESSAGE = format('there is no alert rule "%s"', name);
	END IF;
	DELETE FROM tenant.alert_states s WHERE s.rule = drop_alert_rule.name;
	PERFORM tenant.record_action(NULL, 'alert_rule_dropped', NULL, jsonb_build_object('rule', name));
END
$$;
COMMENT ON FUNCTION tenant.drop_alert_rule(text) IS 'Drops an alert rule, and what it knows of tenants';

CREATE FUNCTION tenant.enable_alert_rule(name text, enabled boolean DEFAULT true) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	UPDATE tenant.alert_rules r SET is_enabled = coalesce(enabled, true) WHERE r.name = enable_alert_rule.name;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '42704', MESSAGE = format('there is no alert rule "%s"', name);
	END IF;
	DELETE FROM tenant.alert_states s WHERE s.rule = enable_alert_rule.name AND NOT enabled;
	PERFORM tenant.record_action(NULL, CASE WHEN enabled IS FALSE THEN 'alert_rule_disabled' ELSE 'alert_rule_enabled' END, NULL, jsonb_build_object('rule', name));
END
$$;
COMMENT ON FUNCTION tenant.enable_alert_rule(text, boolean) IS 'Has a rule evaluated, or not; one that is not forgets what it knows of tenants';

-- The channel can be listened to by everybody, so it has nothing but the id of an event, which few can read.
CREATE FUNCTION tenant.tell_alert(rule tenant.alert_rules, tenant_id text, what text, value double precision) RETURNS uuid
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	event uuid := tenant.publish_for(tenant_id, 'tenant.alert_' || what, jsonb_build_object('rule', rule.name, 'severity', rule.severity, 'value', value,
		'comparison', rule.comparison, 'threshold', rule.threshold, 'seconds', date_part('epoch', rule.time_window)));
	message text := format('alert "%s" %s for tenant "%s": %s, %s %s', rule.name, what, tenant_id, coalesce(value::text, 'no value'), rule.comparison, rule.threshold);
BEGIN
	PERFORM pg_notify('tenant_alerts', event::text);
	IF what = 'fired' THEN
		RAISE WARNING USING MESSAGE = message;
	ELSE
		RAISE LOG USING MESSAGE = message;
	END IF;
	RETURN event;
END
$$;
COMMENT ON FUNCTION tenant.tell_alert(tenant.alert_rules, text, text, double precision) IS 'An event, a notification and a line in the log';

-- For whom a rule holds, and for whom it fires still.
CREATE FUNCTION tenant.evaluate_alert(rule tenant.alert_rules) RETURNS integer
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	judged record;
	fires boolean;
	event uuid;
	fired integer := 0;
BEGIN
	IF NOT EXISTS (SELECT FROM tenant.alert_baselines b WHERE b.time_window = rule.time_window) THEN
		RETURN 0;
	END IF;
	FOR judged IN
		SELECT coalesce(v.tenant_id, s.tenant_id) AS tenant_id, v.value, v.holds IS TRUE AS holds, s.is_told IS TRUE AS is_told, s.last_fired_at
		FROM (SELECT j.tenant_id, j.value, CASE rule.comparison WHEN 'above' THEN j.value > rule.threshold ELSE j.value < rule.threshold END AS holds
			FROM tenant.alert_values(rule.expression, rule.time_window) j) v
		FULL JOIN (SELECT a.* FROM tenant.alert_states a WHERE a.rule = rule.name) s ON s.tenant_id = v.tenant_id
		WHERE v.holds OR s.is_firing ORDER BY 1
	LOOP
		-- One that was purged a moment ago.
		CONTINUE WHEN judged.holds AND current_setting('pg_tenant.require_registered')::boolean
			AND NOT EXISTS (SELECT FROM tenant.tenants t WHERE t.tenant_id = judged.tenant_id);
		fires := judged.holds AND (judged.last_fired_at IS NULL OR judged.last_fired_at + rule.silence <= clock_timestamp());
		event := CASE WHEN fires THEN tenant.tell_alert(rule, judged.tenant_id, 'fired', judged.value)
			WHEN judged.is_told AND NOT judged.holds THEN tenant.tell_alert(rule, judged.tenant_id, 'resolved', judged.value) END;
		INSERT INTO tenant.alert_states AS s (rule, tenant_id, is_firing, since, value, is_told, last_fired_at, event_id)
			VALUES (rule.name, judged.tenant_id, judged.holds, clock_timestamp(), judged.value, fires, CASE WHEN fires THEN clock_timestamp() END, event)
			ON CONFLICT ON CONSTRAINT alert_states_pkey DO UPDATE SET is_firing = excluded.is_firing, value = excluded.value,
				since = CASE WHEN s.is_firing = excluded.is_firing THEN s.since ELSE excluded.since END,
				is_told = excluded.is_firing AND (excluded.is_told OR s.is_told), last_fired_at = coalesce(excluded.last_fired_at, s.last_fired_at),
				event_id = coalesce(excluded.event_id, s.event_id);
		fired := fired + fires::int;
	END LOOP;
	RETURN fired;
END
$$;
COMMENT ON FUNCTION tenant.evaluate_alert(tenant.alert_rules) IS 'Judges all tenants by one rule; how often it fired';

-- Four readings within a window, so that it is never more than a quarter longer than it should be.
CREATE FUNCTION tenant.read_alert_windows() RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	span interval;
BEGIN
	DELETE FROM tenant.alert_readings r WHERE NOT EXISTS (SELECT FROM tenant.alert_rules a WHERE a.is_enabled AND a.time_window = r.time_window);
	FOR span IN SELECT DISTINCT a.time_window FROM tenant.alert_rules a WHERE a.is_enabled LOOP
		DELETE FROM tenant.alert_readings r WHERE r.time_window = span
			AND r.read_at < coalesce((SELECT b.read_at FROM tenant.alert_baselines b WHERE b.time_window = span), statement_timestamp() - span);
		CONTINUE WHEN EXISTS (SELECT FROM tenant.alert_readings r
			WHERE r.time_window = span AND r.tenant_id = '' AND r.read_at > statement_timestamp() - span / 4);
		INSERT INTO tenant.alert_readings (time_window, tenant_id, read_at, counters, errors, refusals, latency, first_seen)
			SELECT span, '', statement_timestamp(), NULL::bigint[], NULL::bigint[], NULL::bigint[], NULL::bigint[], NULL::timestamptz
			UNION ALL SELECT span, c.tenant_id, statement_timestamp(), c.counters, c.errors, c.refusals, c.latency, c.first_seen
				FROM tenant.tenant_counters() c WHERE NOT c.is_other;
	END LOOP;
END
$$;
COMMENT ON FUNCTION tenant.read_alert_windows() IS 'Keeps what is counted now, for comparison with later, and forgets what is too old';

-- A rule with an error keeps no other from being evaluated. The rows' locks make those take turns who do this at a time.
CREATE FUNCTION tenant.evaluate_alerts() RETURNS integer
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	rule tenant.alert_rules;
	error text;
	fired integer := 0;
BEGIN
	PERFORM FROM tenant.alert_rules r ORDER BY r.name FOR NO KEY UPDATE;
	FOR rule IN SELECT r.* FROM tenant.alert_rules r WHERE r.is_enabled ORDER BY r.name LOOP
		error := NULL;
		BEGIN
			fired := fired + tenant.evaluate_alert(rule);
		EXCEPTION WHEN OTHERS THEN
			error := format('%s (%s)', SQLERRM, SQLSTATE);
			IF error IS DISTINCT FROM rule.last_error THEN
				RAISE WARNING USING MESSAGE = format('alert rule "%s" cannot be evaluated', rule.name), DETAIL = error;
			END IF;
		END;
		UPDATE tenant.alert_rules r SET last_evaluated_at = clock_timestamp(), last_error = error WHERE r.name = rule.name;
	END LOOP;
	DELETE FROM tenant.alert_states s WHERE NOT s.is_firing
		AND greatest(s.since + interval '1 day', s.last_fired_at + (SELECT r.silence FROM tenant.alert_rules r WHERE r.name = s.rule)) < now();
	PERFORM tenant.read_alert_windows();
	RETURN fired;
END
$$;
COMMENT ON FUNCTION tenant.evaluate_alerts() IS 'Judges all tenants by all rules, as the background worker does; how many alerts fired';
