-- Everybody has the context functions, what policies and defaults call, and nothing else.
REVOKE ALL ON ALL TABLES IN SCHEMA tenant FROM PUBLIC;
DO $$
DECLARE
	routine record;
BEGIN
	-- Privileges that nobody has changed are checked in half the time, at the start of each statement.
	FOR routine IN SELECT oid::pg_catalog.regprocedure AS name, proacl IS NOT NULL AS is_changed, proname OPERATOR(pg_catalog.=)
		ANY (ARRAY['current_uuid', 'current_text', 'current_bigint', 'current_int']::name[]) AS is_typed
		FROM pg_catalog.pg_proc WHERE pronamespace OPERATOR(pg_catalog.=) 'tenant'::pg_catalog.regnamespace LOOP
		IF NOT routine.is_typed THEN
			EXECUTE pg_catalog.format('REVOKE ALL ON ROUTINE %s FROM PUBLIC', routine.name);
		ELSIF routine.is_changed THEN
			EXECUTE pg_catalog.format('GRANT EXECUTE ON ROUTINE %s TO PUBLIC', routine.name);
		END IF;
	END LOOP;
	FOR bucket IN 0..255 LOOP
		EXECUTE pg_catalog.format('REVOKE ALL ON TYPE tenant.bucket_%1$s, tenant.config_bucket_%1$s FROM PUBLIC', bucket);
	END LOOP;
END
$$;

GRANT EXECUTE ON FUNCTION tenant.set(text, boolean), tenant.clear(), tenant.current_id(), tenant.require_id(),
	tenant.identity(),
	tenant.seal(boolean), tenant.unseal(text), tenant.set_from_jwt(text, boolean),
	tenant.set_from_headers(jsonb, text, boolean), tenant.context_headers(), tenant.execute(text, text),
	tenant.execute_all(text, text), tenant.query(text, text), tenant.canonical_id(text), tenant.run_copy(), tenant.own_row_uuid(uuid, text), tenant.own_row_text(text, text),
	tenant.own_row_bigint(bigint, text), tenant.own_cascaded_row(boolean, text), tenant.hides_statistics(oid, oid),
	tenant.explain_barrier(text), tenant.is_unasked_delete(timestamptz, text),
	tenant.refuse_delete(), tenant.follow_deletion(), tenant.require_live(timestamptz, oid),
	tenant.lock_deleted(oid, tid, timestamptz), tenant.has_live_parents(internal, oid, tid),
	tenant.is_without_live_children(internal, oid, tid) TO PUBLIC;

GRANT EXECUTE ON FUNCTION tenant.protect(regclass, name, regtype, boolean, text, boolean, boolean, integer), tenant.unprotect(regclass),
	tenant.share(regclass), tenant.add_resource(text, text, text),
	tenant.enable_soft_delete(regclass, name, name, text), tenant.disable_soft_delete(regclass), tenant.hard_delete(),
	tenant.restore_rows(regclass, text),
	tenant.remove_resource(text, text, text), tenant.grant_tenant(regrole, text), tenant.revoke_tenant(regrole, text)
	TO tenant_admin;

GRANT EXECUTE ON PROCEDURE tenant.isolate_tenant(regclass, text, integer), tenant.purge_deleted(regclass, interval, bigint),
	tenant.purge_all(interval, integer), tenant.purge(text, boolean, boolean) TO tenant_admin;

GRANT EXECUTE ON FUNCTION tenant.list(text), tenant.check(), tenant.stat_all_tenants(), tenant.purge_progress(), tenant.protection_of(oid),
	tenant.deletion_of(oid),
	tenant.listed_functions(), tenant.definition_of(oid) TO tenant_admin, tenant_reader;
GRANT SELECT ON tenant.tenants, tenant.resources, tenant.role_tenants, tenant.protected_tables, tenant.soft_deleted_tables, tenant.shared_tables, tenant.unsafe_keys,
	tenant.trusted_operators, tenant.stat_progress_purge, tenant.purges, tenant.purged_rows TO tenant_admin, tenant_reader;

GRANT EXECUTE ON FUNCTION tenant.publish(text, jsonb, integer), tenant.fetch(text, integer, text), tenant.ack(text, uuid[], text),
	tenant.nack(text, uuid, text, interval, text), tenant.handle(text, uuid, text), tenant.cloudevent(tenant.events) TO PUBLIC;
GRANT EXECUTE ON FUNCTION tenant.keep_partitions(regclass, interval, integer),
	tenant.create_consumer(text, text, text[], integer, interval, interval), tenant.drop_consumer(text),
	tenant.grant_consumer(text, regrole), tenant.revoke_consumer(text, regrole), tenant.redrive(text, uuid[]) TO tenant_admin;
GRANT EXECUTE ON PROCEDURE tenant.keep_events(interval, interval, integer) TO tenant_admin;
GRANT SELECT ON tenant.consumers, tenant.dead_letters TO tenant_admin, tenant_reader;
GRANT SELECT ON tenant.events TO tenant_admin;

-- Lifecycle.
GRANT SELECT ON tenant.audit_log TO tenant_admin;
GRANT EXECUTE ON FUNCTION tenant.new_id(), tenant.provision(text, text, text, text[], jsonb, boolean, text, text),
	tenant.complete_provisioning(text, boolean, jsonb), tenant.activate(text, text), tenant.suspend(text, text), tenant.resume(text, text),
	tenant.soft_delete(text, text), tenant.restore(text, text), tenant.set_domains(text, text[]), tenant.grant_platform(regrole, text),
	tenant.revoke_platform(regrole, text),
	tenant.add_template_table(regclass), tenant.remove_template_table(regclass),
	tenant.register_from(regclass, name, name, name, jsonb), tenant.unregister_from(regclass) TO tenant_admin;
GRANT EXECUTE ON FUNCTION tenant.id_for_domain(text), tenant.set_from_domain(text, boolean), tenant.platform_tenants(text, integer) TO PUBLIC;
GRANT EXECUTE ON FUNCTION tenant.search_tenants(text, text, text, text, integer), tenant.count_tenants(text, text, text) TO tenant_admin, tenant_reader;
GRANT SELECT ON tenant.role_platforms, tenant.template_tables, tenant.company_tables TO tenant_admin, tenant_reader;

GRANT EXECUTE ON PROCEDURE tenant.for_each(text, integer, text, text, text, interval), tenant.resume_job(bigint, integer, boolean) TO tenant_admin;
GRANT EXECUTE ON FUNCTION tenant.forget_jobs(timestamptz) TO tenant_admin;
GRANT EXECUTE ON FUNCTION tenant.job_progress() TO tenant_admin, tenant_reader;
GRANT EXECUTE ON FUNCTION tenant.tenant_counters(), tenant.tenant_sessions(), tenant.tracked_tenants(), tenant.latency_bounds(),
	tenant.named_counts(text[], bigint[]), tenant.counted_as(text) TO tenant_admin, tenant_reader;
GRANT SELECT ON tenant.stat_tenants, tenant.stat_tenants_info, tenant.stat_sessions TO tenant_admin, tenant_reader;
GRANT EXECUTE ON FUNCTION tenant.metrics(integer, boolean), tenant.metric_samples(text[], integer), tenant.metric_families()
	TO tenant_admin, tenant_reader, pg_monitor;
GRANT EXECUTE ON FUNCTION tenant.stat_reset(text) TO tenant_admin;
GRANT SELECT ON tenant.jobs, tenant.job_runs, tenant.stat_progress_jobs TO tenant_admin, tenant_reader;

GRANT EXECUTE ON FUNCTION tenant.config(text), tenant.flag(text) TO PUBLIC;
GRANT EXECUTE ON FUNCTION tenant.set_config(text, jsonb, bigint), tenant.set_platform_config(text, jsonb, bigint),
	tenant.set_default_config(jsonb, bigint), tenant.define_config(text, text, numeric, numeric, jsonb, text), tenant.undefine_config(text),
	tenant.compact_config(bigint) TO tenant_admin;
GRANT EXECUTE ON FUNCTION tenant.effective_config(text), tenant.config_snapshot(), tenant.config_changes(bigint),
	tenant.merge_patch(jsonb, jsonb) TO tenant_admin, tenant_reader;
GRANT SELECT ON tenant.config_layers, tenant.config_history, tenant.config_definitions TO tenant_admin, tenant_reader;

GRANT EXECUTE ON FUNCTION tenant.open_breaker(text), tenant.close_breaker(text) TO tenant_admin;
GRANT EXECUTE ON FUNCTION tenant.breaker_states() TO tenant_admin, tenant_reader;
GRANT SELECT ON tenant.breakers TO tenant_admin, tenant_reader;

GRANT EXECUTE ON FUNCTION tenant.create_alert_rule(text, text, double precision, interval, interval, text, text), tenant.drop_alert_rule(text),
	tenant.enable_alert_rule(text, boolean), tenant.evaluate_alerts() TO tenant_admin;
GRANT EXECUTE ON FUNCTION tenant.count_since(bigint[], bigint[], integer, integer),
	tenant.quantile_since(bigint[], bigint[], double precision, double precision) TO tenant_admin, tenant_reader;
GRANT SELECT ON tenant.alert_rules, tenant.alert_windows, tenant.alerts TO tenant_admin, tenant_reader;

GRANT EXECUTE ON FUNCTION tenant.recount(text, regclass) TO tenant_admin;
GRANT EXECUTE ON FUNCTION tenant.quota_counts() TO tenant_admin, tenant_reader;
GRANT SELECT ON tenant.quotas TO tenant_admin, tenant_reader;
