-- Every limit in force, none of which is ever reached, and what must be so when all sessions are gone.
SELECT tenant.set_default_config('{"limits": {"statements_per_second": 1000000, "concurrent_statements": 100, "concurrent_wait": "1s", "sessions": 100,
	"per_role": {"statements_per_second": 1000000}, "per_client_address": {"statements_per_second": 1000000}, "per_application": {"statements_per_second": 1000000},
	"statement_timeout": "9s", "idle_in_transaction_timeout": "1min", "rows_per_result": 1000000000, "work_mem": "1MB", "maintenance_work_mem": "16MB", "parallel_workers": 1,
	"breaker": {"minimum": 1000000}, "rows_per_table": 1000000, "bytes": "1GB"}}');

-- What is wrong with what is counted, as lines; from then on each tenant has one place for one session. Whatever the fuzzer writes it takes back, so the numbers of rows that quotas know are those of the tables.
CREATE FUNCTION miscounted() RETURNS SETOF text LANGUAGE plpgsql SET row_security = off AS $$
BEGIN
	-- A session ends after its client has gone.
	WHILE EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend') LOOP
		PERFORM pg_sleep(0.01), pg_stat_clear_snapshot();
	END LOOP;
	RETURN QUERY SELECT format('%s: a number below zero', tenant_id) FROM tenant.tenant_counters()
		WHERE 0 > ANY (counters || errors || refusals || latency || sessions || running) OR longest < 0;
	RETURN QUERY SELECT format('%s: %s sessions and %s statements are left', tenant_id, sessions, running) FROM tenant.stat_tenants WHERE sessions <> 0 OR running <> 0;
	RETURN QUERY SELECT format('%s: refused %s', tenant_id, refusals) FROM tenant.stat_tenants WHERE refusals ?| '{TN007,TN008,TN009}';
	RETURN QUERY SELECT format('%s: breaker %s', tenant_id, state) FROM tenant.breakers WHERE state <> 'closed';
	RETURN QUERY SELECT format('%s: %s rows of %s, not %s', q.tenant_id, q.rows, q.relation, counted.rows) FROM tenant.quotas q CROSS JOIN LATERAL
		(SELECT count(*) AS rows FROM (SELECT 'things' AS name, tenant_id FROM things UNION ALL SELECT 'events', tenant_id FROM events UNION ALL SELECT 'notes', tenant_id FROM notes
			UNION ALL SELECT 'children', tenant_id FROM children UNION ALL SELECT 'archive', tenant_id FROM archive) r
			WHERE name = q.relation::text AND r.tenant_id::text = q.tenant_id) counted
		WHERE q.is_known AND q.relation IS NOT NULL AND q.rows <> counted.rows;
	RETURN QUERY SELECT 'nothing was counted, or limited' WHERE NOT EXISTS (SELECT FROM tenant.stat_tenants WHERE calls > 0) OR NOT EXISTS (SELECT FROM tenant.breakers WHERE requests > 0);
	PERFORM tenant.set_default_config('{"limits": {"concurrent_statements": 1, "concurrent_wait": null, "sessions": 1}}');
END
$$;
