-- What tenants do, as the server counts it in shared memory (src/stats).
CREATE FUNCTION tenant.tenant_counters(OUT tenant_id text, OUT is_other boolean, OUT counters bigint[], OUT errors bigint[], OUT refusals bigint[],
		OUT latency bigint[], OUT longest double precision, OUT p50 double precision, OUT p95 double precision, OUT p99 double precision,
		OUT sessions bigint, OUT running bigint, OUT first_seen timestamptz, OUT last_seen timestamptz) RETURNS SETOF record
	LANGUAGE c VOLATILE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'pg_tenant_tenant_counters';
COMMENT ON FUNCTION tenant.tenant_counters() IS 'What is counted of each tenant of this database, as arrays; for tenant.stat_tenants';

CREATE FUNCTION tenant.latency_bounds() RETURNS double precision[]
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pg_tenant_latency_bounds';
COMMENT ON FUNCTION tenant.latency_bounds() IS 'Milliseconds: the bounds between the numbers of statements in latency of tenant.tenant_counters()';

CREATE FUNCTION tenant.tenant_sessions(OUT pid integer, OUT tenant_id text, OUT is_running boolean, OUT statement_start timestamptz,
		OUT statements bigint) RETURNS SETOF record
	LANGUAGE c VOLATILE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'pg_tenant_tenant_sessions';
COMMENT ON FUNCTION tenant.tenant_sessions() IS 'Sessions of this database that have a tenant; for tenant.stat_sessions';

CREATE FUNCTION tenant.tracked_tenants(OUT tenants_max bigint, OUT tenants bigint, OUT evictions bigint, OUT stats_reset timestamptz)
	LANGUAGE c VOLATILE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'pg_tenant_tracked_tenants';
COMMENT ON FUNCTION tenant.tracked_tenants() IS 'How many tenants the server counts; for tenant.stat_tenants_info';

CREATE FUNCTION tenant.stat_reset(id text DEFAULT NULL) RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_stat_reset';
COMMENT ON FUNCTION tenant.stat_reset(text) IS 'Begins to count anew: a tenant, or all tenants of this database';

-- What a label says of the places of an array in tenant_counters(). Not evaluated in planning, which would be a statement to count.
CREATE FUNCTION tenant.counted_as(what text) RETURNS text[]
	LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE what
		WHEN 'kind' THEN '{select,insert,update,delete,utility}'::text[]
		WHEN 'error' THEN '{data,integrity,transaction state,conflict,access or syntax,resources,object state,intervention,system,raised,internal,other}'
		WHEN 'refusal' THEN '{TN001,TN002,TN003,TN004,TN005,TN006,TN007,TN008,TN009,TN010,TN011,TN012}' END
$$;
COMMENT ON FUNCTION tenant.counted_as(text) IS 'The names of the places of an array of counts: kind, error or refusal';

-- Names for the places of an array; places that are zero are left out.
CREATE FUNCTION tenant.named_counts(names text[], counts bigint[]) RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT coalesce(jsonb_object_agg(name, number) FILTER (WHERE number > 0), '{}') FROM unnest(names, counts) c(name, number)
$$;
COMMENT ON FUNCTION tenant.named_counts(text[], bigint[]) IS 'An object of those counts that are not zero';

CREATE VIEW tenant.stat_tenants AS
	SELECT c.tenant_id, c.is_other, c.counters[1] OPERATOR(pg_catalog.+) c.counters[2] OPERATOR(pg_catalog.+) c.counters[3]
			OPERATOR(pg_catalog.+) c.counters[4] OPERATOR(pg_catalog.+) c.counters[5] AS calls,
		c.counters[1] AS selects, c.counters[2] AS inserts, c.counters[3] AS updates, c.counters[4] AS deletes, c.counters[5] AS utilities,
		c.counters[6] AS rows,
		tenant.named_counts((SELECT tenant.counted_as('error')), c.errors) AS errors,
		tenant.named_counts((SELECT tenant.counted_as('refusal')), c.refusals) AS refusals,
		c.counters[7]::double precision OPERATOR(pg_catalog./) 1000 AS total_time, c.longest AS max_time, c.p50, c.p95, c.p99,
		c.counters[8]::double precision OPERATOR(pg_catalog./) 1000 AS cpu_time,
		c.counters[9] AS shared_blks_hit, c.counters[10] AS shared_blks_read, c.counters[11] AS temp_bytes, c.counters[12] AS wal_bytes,
		c.sessions, c.running, c.first_seen, c.last_seen
	FROM tenant.tenant_counters() c;
COMMENT ON VIEW tenant.stat_tenants IS 'What each tenant has done: statements, rows, errors, times in milliseconds, what they used';

CREATE VIEW tenant.stat_tenants_info AS SELECT tenants_max, tenants, evictions, stats_reset FROM tenant.tracked_tenants();
COMMENT ON VIEW tenant.stat_tenants_info IS 'How many tenants the server counts, and how many had to make room';

CREATE VIEW tenant.stat_sessions AS SELECT pid, tenant_id, is_running, statement_start, statements FROM tenant.tenant_sessions();
COMMENT ON VIEW tenant.stat_sessions IS 'Sessions by tenant; pid as in pg_stat_activity';
