-- Metrics for monitoring outside of the database: as OpenMetrics text, and as rows for exporters that ask by SQL. Both have the same names and labels.
CREATE FUNCTION tenant.top_counters(top integer, OUT tenant_id text, OUT is_other boolean, OUT counters bigint[], OUT errors bigint[],
		OUT refusals bigint[], OUT latency bigint[], OUT longest double precision, OUT p50 double precision, OUT p95 double precision,
		OUT p99 double precision, OUT sessions bigint, OUT running bigint, OUT first_seen timestamptz, OUT last_seen timestamptz) RETURNS SETOF record
	LANGUAGE c VOLATILE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'pg_tenant_top_counters';
COMMENT ON FUNCTION tenant.top_counters(integer) IS
	'What tenant.tenant_counters() has of the tenants that took the most time, and of all others together, in counters that never fall or leap';

-- Buckets are cumulative. The sum is of the times of failed statements too.
CREATE FUNCTION tenant.duration_samples(counters bigint[], latency bigint[]) RETURNS TABLE (suffix text, le text[], number double precision)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT '_bucket', ARRAY['le', CASE WHEN bound IS NULL THEN '+Inf' ELSE (bound / 1000)::text END], sum(number) OVER (ORDER BY place)
	FROM unnest(tenant.latency_bounds(), latency) WITH ORDINALITY AS b (bound, number, place)
	UNION ALL SELECT '_count', '{}', (SELECT sum(number) FROM unnest(latency) AS l (number))
	UNION ALL SELECT '_sum', '{}', counters[7] / 1e6
$$;
COMMENT ON FUNCTION tenant.duration_samples(bigint[], bigint[]) IS 'Times of statements as samples of a histogram';

CREATE FUNCTION tenant.metric_families() RETURNS TABLE (name text, type text, unit text, help text)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	VALUES ('pg_tenant_build', 'info', NULL, 'The version of pg_tenant, and what has loaded it.'),
		('pg_tenant_statements', 'counter', NULL, 'Statements of clients that came to their end, by kind.'),
		('pg_tenant_rows', 'counter', NULL, 'Rows that statements returned or changed.'),
		('pg_tenant_errors', 'counter', NULL, 'Statements that ended in an error, by the class of its SQLSTATE.'),
		('pg_tenant_refusals', 'counter', NULL, 'Statements that pg_tenant refused, by SQLSTATE.'),
		('pg_tenant_statement_duration_seconds', 'histogram', 'seconds', 'Times of execution of statements that came to their end.'),
		('pg_tenant_statement_max_duration_seconds', 'gauge', 'seconds', 'The longest time of execution.'),
		('pg_tenant_cpu_seconds', 'counter', 'seconds', 'Time of processors, without parallel workers.'),
		('pg_tenant_shared_blocks', 'counter', NULL, 'Shared blocks that were found in memory, or read.'),
		('pg_tenant_temp_bytes', 'counter', 'bytes', 'Bytes read from and written to temporary files.'),
		('pg_tenant_wal_bytes', 'counter', 'bytes', 'Bytes of write-ahead log.'),
		('pg_tenant_open_sessions', 'gauge', NULL, 'Sessions that have the tenant now.'),
		('pg_tenant_running_statements', 'gauge', NULL, 'Statements that run now.'),
		('pg_tenant_last_seen_timestamp_seconds', 'gauge', 'seconds', 'When a statement last began.'),
		('pg_tenant_breaker_states', 'gauge', NULL, 'Circuit breakers in a state: 0 or 1 of a tenant.'),
		('pg_tenant_quota_used', 'gauge', NULL, 'Rows and bytes that are stored under a quota: of the quotas that are used most.'),
		('pg_tenant_quota_limit', 'gauge', NULL, 'Rows and bytes that may be stored.'),
		('pg_tenant_tracked_tenants', 'gauge', NULL, 'Tenants that the server counts, in all databases.'),
		('pg_tenant_tracked_tenants_limit', 'gauge', NULL, 'How many tenants the server can count.'),
		('pg_tenant_evictions', 'counter', NULL, 'Tenants whose counters had to make room, in all databases.'),
		('pg_tenant_statistics_start_timestamp_seconds', 'gauge', 'seconds', 'When the server began to count.'),
		('pg_tenant_all_tenants_statements', 'counter', NULL, 'Statements for all tenants, under row_security = off, in all databases.'),
		('pg_tenant_registered_tenants', 'gauge', NULL, 'Tenants in the registry, by status.'),
		('pg_tenant_events_waiting', 'gauge', NULL, 'Events that a consumer has not acknowledged.'),
		('pg_tenant_dead_letters', 'gauge', NULL, 'Events that a consumer has given up.'),
		('pg_tenant_unfinished_jobs', 'gauge', NULL, 'Jobs that have not come to their end.'),
		('pg_tenant_check_findings', 'gauge', NULL, 'Findings of tenant.check(), by severity and code.')
$$;
COMMENT ON FUNCTION tenant.metric_families() IS 'The metrics of tenant.metrics(): name, type, unit, what they mean';

-- Labels are names and values in turn. A family that is not wanted costs nothing; the rows of one follow each other as they are here.
CREATE FUNCTION tenant.metric_samples(families text[], top integer DEFAULT 50)
		RETURNS TABLE (family text, suffix text, labels text[], value double precision)
	LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off SET extra_float_digits = 1 AS $$
	WITH counted AS MATERIALIZED (
		SELECT ARRAY['tenant', tenant_id, 'is_other', is_other::text] AS labels, c.* FROM tenant.top_counters(top) c),
	breakers AS MATERIALIZED (
		SELECT CASE WHEN place <= top THEN tenant_id ELSE 'other' END AS tenant, place > top AS is_other, state
		FROM (SELECT tenant_id, state, row_number() OVER (ORDER BY state = 'closed', tenant_id COLLATE "C") AS place FROM tenant.breaker_states()) b),
	quotas AS MATERIALIZED (
		SELECT ARRAY['tenant', tenant_id, 'is_other', 'false', 'relation', coalesce(relation::text, ''), 'resource', resource] AS labels, used, most
		FROM tenant.quotas q, LATERAL (VALUES ('rows', q.rows, q.max_rows), ('bytes', q.bytes, q.max_bytes)) v (resource, used, most)
		WHERE is_known AND most > 0 ORDER BY used::double precision / most DESC, tenant_id, relation LIMIT top)
	SELECT 'pg_tenant_build', '_info', ARRAY['version', version, 'loaded', loaded], 1::double precision FROM tenant.library()
		WHERE 'pg_tenant_build' = ANY (families)
	UNION ALL SELECT 'pg_tenant_statements', '_total', labels || ARRAY['kind', kind], number
		FROM counted, unnest(tenant.counted_as('kind'), counters[1:5]) AS u (kind, number) WHERE 'pg_tenant_statements' = ANY (families)
	UNION ALL SELECT 'pg_tenant_rows', '_total', labels, counters[6] FROM counted WHERE 'pg_tenant_rows' = ANY (families)
	UNION ALL SELECT 'pg_tenant_errors', '_total', labels || ARRAY['class', class], number
		FROM counted, unnest(tenant.counted_as('error'), errors) AS u (class, number) WHERE 'pg_tenant_errors' = ANY (families)
	UNION ALL SELECT 'pg_tenant_refusals', '_total', labels || ARRAY['sqlstate', sqlstate], number
		FROM counted, unnest(tenant.counted_as('refusal'), refusals) AS u (sqlstate, number) WHERE 'pg_tenant_refusals' = ANY (families)
	UNION ALL SELECT 'pg_tenant_statement_duration_seconds', h.suffix, labels || h.le, h.number
		FROM counted, tenant.duration_samples(counters, latency) h WHERE 'pg_tenant_statement_duration_seconds' = ANY (families)
	UNION ALL SELECT 'pg_tenant_statement_max_duration_seconds', '', labels, longest / 1000 FROM counted
		WHERE 'pg_tenant_statement_max_duration_seconds' = ANY (families)
	UNION ALL SELECT 'pg_tenant_cpu_seconds', '_total', labels, counters[8] / 1e6 FROM counted WHERE 'pg_tenant_cpu_seconds' = ANY (families)
	UNION ALL SELECT 'pg_tenant_shared_blocks', '_total', labels || ARRAY['access', access], number
		FROM counted, unnest('{hit,read}'::text[], counters[9:10]) AS u (access, number) WHERE 'pg_tenant_shared_blocks' = ANY (families)
	UNION ALL SELECT 'pg_tenant_temp_bytes', '_total', labels, counters[11] FROM counted WHERE 'pg_tenant_temp_bytes' = ANY (families)
	UNION ALL SELECT 'pg_tenant_wal_bytes', '_total', labels, counters[12] FROM counted WHERE 'pg_tenant_wal_bytes' = ANY (families)
	UNION ALL SELECT 'pg_tenant_open_sessions', '', labels, sessions FROM counted WHERE 'pg_tenant_open_sessions' = ANY (families)
	UNION ALL SELECT 'pg_tenant_running_statements', '', labels, running FROM counted WHERE 'pg_tenant_running_statements' = ANY (families)
	UNION ALL SELECT 'pg_tenant_last_seen_timestamp_seconds', '', labels, extract(epoch FROM last_seen) FROM counted
		WHERE last_seen IS NOT NULL AND 'pg_tenant_last_seen_timestamp_seconds' = ANY (families)
	UNION ALL SELECT 'pg_tenant_breaker_states', '', ARRAY['tenant', b.tenant, 'is_other', b.is_other::text, 'state', s.state],
			count(*) FILTER (WHERE b.state = s.state)
		FROM breakers b, unnest('{closed,half-open,open}'::text[]) AS s (state) WHERE 'pg_tenant_breaker_states' = ANY (families)
		GROUP BY b.tenant, b.is_other, s.state
	UNION ALL SELECT 'pg_tenant_quota_used', '', labels, used FROM quotas WHERE 'pg_tenant_quota_used' = ANY (families)
	UNION ALL SELECT 'pg_tenant_quota_limit', '', labels, most FROM quotas WHERE 'pg_tenant_quota_limit' = ANY (families)
	UNION ALL SELECT family, suffix, NULL, value FROM tenant.tracked_tenants() t, LATERAL (VALUES
			('pg_tenant_tracked_tenants', '', t.tenants::double precision), ('pg_tenant_tracked_tenants_limit', '', t.tenants_max),
			('pg_tenant_evictions', '_total', t.evictions), ('pg_tenant_statistics_start_timestamp_seconds', '', extract(epoch FROM t.stats_reset)))
			AS v (family, suffix, value) WHERE v.family = ANY (families)
	UNION ALL SELECT 'pg_tenant_all_tenants_statements', '_total', NULL, statements FROM tenant.stat_all_tenants()
		WHERE 'pg_tenant_all_tenants_statements' = ANY (families)
	UNION ALL SELECT 'pg_tenant_registered_tenants', '', ARRAY['status', s.status], coalesce(t.number, 0)
		FROM unnest('{pending,active,suspended,deleted}'::text[]) AS s (status)
		LEFT JOIN (SELECT status, count(*) AS number FROM tenant.tenants GROUP BY status) t USING (status) WHERE 'pg_tenant_registered_tenants' = ANY (families)
	UNION ALL SELECT 'pg_tenant_events_waiting', '', ARRAY['consumer', consumer], waiting FROM tenant.consumers WHERE 'pg_tenant_events_waiting' = ANY (families)
	UNION ALL SELECT 'pg_tenant_dead_letters', '', ARRAY['consumer', consumer], dead FROM tenant.consumers WHERE 'pg_tenant_dead_letters' = ANY (families)
	UNION ALL SELECT 'pg_tenant_unfinished_jobs', '', NULL, count(*) FROM tenant.jobs WHERE finished_at IS NULL HAVING 'pg_tenant_unfinished_jobs' = ANY (families)
	UNION ALL SELECT 'pg_tenant_check_findings', '', ARRAY['severity', severity, 'code', code], count(*) FROM tenant.check()
		WHERE 'pg_tenant_check_findings' = ANY (families) GROUP BY severity, code
$$;
COMMENT ON FUNCTION tenant.metric_samples(text[], integer) IS 'Samples of these metrics, for exporters that ask by SQL: at most so many tenants by name, all others together';

CREATE FUNCTION tenant.metrics(top integer DEFAULT 50, findings boolean DEFAULT false) RETURNS text
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'MODULE_PATHNAME', 'pg_tenant_metrics';
COMMENT ON FUNCTION tenant.metrics(integer, boolean) IS
	'What is to be monitored of this database, as OpenMetrics text: at most so many tenants by name, all others together; findings of check() on demand';
