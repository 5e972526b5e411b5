-- Every function of schema tenant: arguments, defaults, result, volatility, who may call it, comment.
BEGIN;
-- Counted by finish(): several people add to this list.
SELECT * FROM no_plan();

CREATE TEMP TABLE expected (name text, arguments text, result text, label text, callers text) ON COMMIT DROP;
INSERT INTO expected VALUES
	('set', 'tenant_id text, is_local boolean DEFAULT true', 'text', 'volatile unsafe', 'PUBLIC'),
	('clear', '', 'void', 'volatile unsafe', 'PUBLIC'),
	('current_id', '', 'text', 'stable safe leakproof', 'PUBLIC'),
	('require_id', '', 'text', 'stable safe', 'PUBLIC'),
	('current_uuid', '', 'uuid', 'stable safe leakproof', 'PUBLIC'),
	('current_text', '', 'text', 'stable safe leakproof', 'PUBLIC'),
	('current_bigint', '', 'bigint', 'stable safe leakproof', 'PUBLIC'),
	('current_int', '', 'integer', 'stable safe leakproof', 'PUBLIC'),
	('identity', 'OUT platform_id text, OUT tenant_id text, OUT tenant_name text, OUT request_id text, '
		'OUT trace_id text, OUT span_id text', 'record', 'stable restricted', 'PUBLIC'),
	('set_from_headers', 'headers jsonb, require text DEFAULT ''tenant_id''::text, is_local boolean DEFAULT true',
		'text', 'volatile unsafe', 'PUBLIC'),
	('seal', 'session boolean DEFAULT false', 'text', 'volatile unsafe', 'PUBLIC'),
	('unseal', 'token text', 'boolean', 'volatile unsafe', 'PUBLIC'),
	('set_from_jwt', 'token text, is_local boolean DEFAULT true', 'text', 'volatile unsafe', 'PUBLIC'),
	('context_headers', '', 'jsonb', 'stable restricted', 'PUBLIC'),
	('execute', 'tenant_id text, command text', 'bigint', 'volatile unsafe', 'PUBLIC'),
	('execute_all', 'command text, reason text', 'bigint', 'volatile unsafe', 'PUBLIC'),
	('query', 'tenant_id text, query text', 'SETOF jsonb', 'volatile unsafe', 'PUBLIC'),
	('canonical_id', 'tenant_id text', 'text', 'immutable safe', 'PUBLIC'),
	('run_copy', '', 'void', 'volatile unsafe', 'PUBLIC'),
	('own_row_uuid', 'value uuid, tbl text', 'boolean', 'stable safe', 'PUBLIC'),
	('own_row_text', 'value text, tbl text', 'boolean', 'stable safe', 'PUBLIC'),
	('own_row_bigint', 'value bigint, tbl text', 'boolean', 'stable safe', 'PUBLIC'),
	('own_cascaded_row', 'is_own boolean, tbl text', 'boolean', 'stable safe', 'PUBLIC'),
	('explain_barrier', 'query text, OUT relation text, OUT filter text, OUT kept_by text', 'SETOF record', 'volatile unsafe', 'PUBLIC'),
	('hides_statistics', 'catalog oid, object oid', 'boolean', 'stable restricted strict', 'PUBLIC'),
	('protect', 'tbl regclass, tenant_column name DEFAULT ''tenant_id''::name, column_type regtype DEFAULT '
		'''uuid''::regtype, register boolean DEFAULT false, assign_to text DEFAULT NULL::text, '
		'open boolean DEFAULT NULL::boolean, fix_keys boolean DEFAULT false, partitions integer DEFAULT NULL::integer', 'void', 'volatile unsafe', 'tenant_admin'),
	('unprotect', 'tbl regclass', 'void', 'volatile unsafe', 'tenant_admin'),
	('share', 'tbl regclass', 'void', 'volatile unsafe', 'tenant_admin'),
	('protection_of', 'tbl oid, OUT tenant_column name, OUT column_type regtype', 'record',
		'stable restricted strict', 'tenant_admin tenant_reader'),
	('provision', 'tenant_id text DEFAULT tenant.new_id(), name text DEFAULT NULL::text, '
		'platform_id text DEFAULT NULL::text, domains text[] DEFAULT ''{}''::text[], config jsonb DEFAULT '
		'''{}''::jsonb, activate boolean DEFAULT true, idempotency_key text DEFAULT NULL::text, template text DEFAULT NULL::text', 'tenant.tenants', 'volatile unsafe', 'tenant_admin'),
	('new_id', '', 'text', 'volatile unsafe', 'tenant_admin'),
	('is_new_id', 'id text', 'boolean', 'volatile unsafe', ''),
	('claim_key', 'idempotency_key text, id text, arguments jsonb', 'tenant.tenants', 'volatile unsafe', ''),
	('check_provision', 'name text, config jsonb, activate boolean', 'void', 'immutable safe', ''),
	('complete_provisioning', 'id text, success boolean, detail jsonb DEFAULT ''{}''::jsonb', 'tenant.tenants', 'volatile unsafe', 'tenant_admin'),
	('activate', 'id text, reason text DEFAULT NULL::text', 'tenant.tenants', 'volatile unsafe', 'tenant_admin'),
	('suspend', 'id text, reason text DEFAULT NULL::text', 'tenant.tenants', 'volatile unsafe', 'tenant_admin'),
	('resume', 'id text, reason text DEFAULT NULL::text', 'tenant.tenants', 'volatile unsafe', 'tenant_admin'),
	('mark_deleted', 'id text, step text, allowed text[], action text, reason text, detail jsonb DEFAULT ''{}''::jsonb', 'tenant.tenants', 'volatile unsafe', ''),
	('canonical_domain', 'domain text, may_have_star boolean DEFAULT false', 'text', 'immutable safe', ''),
	('canonical_domains', 'domains text[]', 'text[]', 'immutable safe', ''),
	('keep_domains', '', 'trigger', 'volatile unsafe', ''),
	('set_domains', 'id text, domains text[]', 'tenant.tenants', 'volatile unsafe', 'tenant_admin'),
	('grant_platform', 'role regrole, platform_id text', 'void', 'volatile unsafe', 'tenant_admin'),
	('revoke_platform', 'role regrole, platform_id text', 'void', 'volatile unsafe', 'tenant_admin'),
	('operates', 'platform text', 'boolean', 'stable restricted', ''),
	('platform_tenants', 'after text DEFAULT NULL::text, page_size integer DEFAULT NULL::integer',
		'TABLE(tenant_id text, name text, status text, domains text[], created_at timestamp with time zone)', 'stable restricted', 'PUBLIC'),
	('require_role', 'role oid', 'void', 'stable safe', ''),
	('warn_of_unbound', 'role regrole', 'void', 'stable restricted', ''),
	('require_owner', 'tbl regclass', 'void', 'stable restricted', ''),
	('add_template_table', 'tbl regclass', 'void', 'volatile unsafe', 'tenant_admin'),
	('remove_template_table', 'tbl regclass', 'void', 'volatile unsafe', 'tenant_admin'),
	('run_for_new_tenant', 'tbl oid, id text, command text', 'text', 'volatile unsafe', ''),
	('copied_tables', '', 'TABLE(relation regclass)', 'stable restricted', ''),
	('base_type', 'type oid', 'regtype', 'stable restricted', ''),
	('renewed_columns', '', 'TABLE(tbl oid, number smallint, new_value text)', 'stable restricted', ''),
	('remapped_columns', '', 'TABLE(tbl oid, number smallint, source text)', 'stable restricted', ''),
	('template_rows', 'tbl oid, template text', 'text', 'stable restricted', ''),
	('new_keys_command', 'tbl oid, number smallint, new_value text, template text', 'text', 'stable restricted', ''),
	('copy_command', 'tbl oid, template text, id text, keys jsonb', 'text', 'stable restricted', ''),
	('is_id_of_type', 'id text, column_type oid', 'boolean', 'immutable safe', ''),
	('check_template', 'template text, id text', 'void', 'stable restricted', ''),
	('copy_template', 'template text, id text', 'void', 'volatile unsafe', ''),
	('companies_of', 'declared tenant.company_tables', 'SETOF tenant.company', 'stable restricted', ''),
	('company_of', 'declared tenant.company_tables, row_of_table anyelement', 'SETOF tenant.company', 'stable restricted', ''),
	('make_companies', 'declared tenant.company_tables, companies tenant.company[]', 'text[]', 'volatile unsafe', ''),
	('mapped_status', 'statuses jsonb, status text', 'text', 'stable safe', ''),
	('move_to', 'id text, target text, reason text', 'void', 'volatile unsafe', ''),
	('check_company', 'id text, name text', 'text', 'immutable safe', ''),
	('follow_company', 'declared tenant.company_tables, company tenant.company, is_new boolean, moves boolean', 'void', 'volatile unsafe', ''),
	('id_of_row', 'id text', 'text', 'immutable safe', ''),
	('delete_companies', 'tbl regclass, id text', 'void', 'volatile unsafe', ''),
	('follow_companies', '', 'trigger', 'volatile unsafe', ''),
	('check_company_table', 'declared tenant.company_tables', 'void', 'stable restricted', ''),
	('register_from', 'tbl regclass, id_column name, name_column name DEFAULT NULL::name, status_column name DEFAULT NULL::name, statuses jsonb DEFAULT NULL::jsonb', 'bigint', 'volatile unsafe', 'tenant_admin'),
	('unregister_from', 'tbl regclass', 'void', 'volatile unsafe', 'tenant_admin'),
	('check_companies', '', 'SETOF tenant.finding', 'stable restricted', ''),
	('check_search', 'status text, page_size integer', 'void', 'stable safe', ''),
	('search_tenants', 'query text DEFAULT NULL::text, status text DEFAULT NULL::text, platform text DEFAULT NULL::text, after text DEFAULT NULL::text, page_size integer DEFAULT 50',
		'SETOF tenant.tenants', 'stable restricted', 'tenant_admin tenant_reader'),
	('count_tenants', 'query text DEFAULT NULL::text, status text DEFAULT NULL::text, platform text DEFAULT NULL::text', 'bigint', 'stable restricted', 'tenant_admin tenant_reader'),
	('domain_patterns', 'domain text', 'text[]', 'immutable safe', ''),
	('id_for_domain', 'domain text', 'text', 'stable safe', 'PUBLIC'),
	('set_from_domain', 'domain text, is_local boolean DEFAULT true', 'text', 'volatile unsafe', 'PUBLIC'),
	('add_resource', 'id text, type text, resource_id text', 'void', 'volatile unsafe', 'tenant_admin'),
	('remove_resource', 'id text, type text, resource_id text', 'void', 'volatile unsafe', 'tenant_admin'),
	('grant_tenant', 'role regrole, tenant_id text', 'void', 'volatile unsafe', 'tenant_admin'),
	('revoke_tenant', 'role regrole, tenant_id text', 'void', 'volatile unsafe', 'tenant_admin'),
	('list', 'resource_type text DEFAULT NULL::text', 'TABLE(tenant_id text, name text, platform_id text, '
		'config jsonb, revision bigint, resources jsonb)', 'stable safe', 'tenant_admin tenant_reader'),
	('stat_all_tenants', 'OUT statements bigint, OUT last_at timestamp with time zone', 'record', 'volatile safe', 'tenant_admin tenant_reader'),
	('tenant_counters', 'OUT tenant_id text, OUT is_other boolean, OUT counters bigint[], OUT errors bigint[], OUT refusals bigint[], OUT latency bigint[], '
		'OUT longest double precision, OUT p50 double precision, OUT p95 double precision, OUT p99 double precision, OUT sessions bigint, OUT running bigint, '
		'OUT first_seen timestamp with time zone, OUT last_seen timestamp with time zone', 'SETOF record', 'volatile restricted', 'tenant_admin tenant_reader'),
	('top_counters', 'top integer, OUT tenant_id text, OUT is_other boolean, OUT counters bigint[], OUT errors bigint[], OUT refusals bigint[], OUT latency bigint[], '
		'OUT longest double precision, OUT p50 double precision, OUT p95 double precision, OUT p99 double precision, OUT sessions bigint, OUT running bigint, '
		'OUT first_seen timestamp with time zone, OUT last_seen timestamp with time zone', 'SETOF record', 'volatile restricted', ''),
	('counted_as', 'what text', 'text[]', 'stable safe', 'tenant_admin tenant_reader'),
	('duration_samples', 'counters bigint[], latency bigint[]', 'TABLE(suffix text, le text[], number double precision)', 'immutable safe', ''),
	('metric_families', '', 'TABLE(name text, type text, unit text, help text)', 'immutable safe', 'pg_monitor tenant_admin tenant_reader'),
	('metric_samples', 'families text[], top integer DEFAULT 50', 'TABLE(family text, suffix text, labels text[], value double precision)', 'volatile unsafe', 'pg_monitor tenant_admin tenant_reader'),
	('metrics', 'top integer DEFAULT 50, findings boolean DEFAULT false', 'text', 'volatile unsafe', 'pg_monitor tenant_admin tenant_reader'),
	('tenant_sessions', 'OUT pid integer, OUT tenant_id text, OUT is_running boolean, OUT statement_start timestamp with time zone, OUT statements bigint',
		'SETOF record', 'volatile restricted', 'tenant_admin tenant_reader'),
	('tracked_tenants', 'OUT tenants_max bigint, OUT tenants bigint, OUT evictions bigint, OUT stats_reset timestamp with time zone', 'record', 'volatile restricted', 'tenant_admin tenant_reader'),
	('latency_bounds', '', 'double precision[]', 'immutable safe', 'tenant_admin tenant_reader'),
	('named_counts', 'names text[], counts bigint[]', 'jsonb', 'immutable safe', 'tenant_admin tenant_reader'),
	('stat_reset', 'id text DEFAULT NULL::text', 'void', 'volatile unsafe', 'tenant_admin'),
	('create_alert_rule', 'name text, expression text, threshold double precision, time_window interval DEFAULT ''00:01:00''::interval, silence interval DEFAULT ''00:10:00''::interval, '
		'severity text DEFAULT ''warning''::text, comparison text DEFAULT ''above''::text', 'void', 'volatile unsafe', 'tenant_admin'),
	('drop_alert_rule', 'name text', 'void', 'volatile unsafe', 'tenant_admin'),
	('enable_alert_rule', 'name text, enabled boolean DEFAULT true', 'void', 'volatile unsafe', 'tenant_admin'),
	('evaluate_alerts', '', 'integer', 'volatile unsafe', 'tenant_admin'),
	('evaluate_alert', 'rule tenant.alert_rules', 'integer', 'volatile unsafe', ''),
	('tell_alert', 'rule tenant.alert_rules, tenant_id text, what text, value double precision', 'uuid', 'volatile unsafe', ''),
	('read_alert_windows', '', 'void', 'volatile unsafe', ''),
	('require_alert_rule', 'name text, expression text, threshold double precision, time_window interval, silence interval, severity text, comparison text', 'void', 'stable unsafe', ''),
	('alert_type', 'expression text', 'regtype', 'stable unsafe', ''),
	('alert_values', 'expression text, time_window interval, OUT tenant_id text, OUT value double precision', 'SETOF record', 'stable unsafe', ''),
	('count_since', 'counts bigint[], before bigint[], first integer, last integer', 'double precision', 'immutable safe', 'tenant_admin tenant_reader'),
	('quantile_since', 'counts bigint[], before bigint[], share double precision, longest double precision', 'double precision', 'immutable safe', 'tenant_admin tenant_reader'),
	('check', '', 'TABLE(severity text, code text, object text, message text, fix text)', 'stable restricted', 'tenant_admin tenant_reader'),
	('publish', 'type text, payload jsonb, version integer DEFAULT 1', 'uuid', 'volatile unsafe', 'PUBLIC'),
	('fetch', 'consumer text, batch integer DEFAULT 100, member text DEFAULT NULL::text', 'SETOF tenant.events', 'volatile unsafe', 'PUBLIC'),
	('ack', 'consumer text, event_ids uuid[], member text DEFAULT NULL::text', 'integer', 'volatile unsafe', 'PUBLIC'),
	('nack', 'consumer text, event_id uuid, reason text, delay interval DEFAULT NULL::interval, member text DEFAULT NULL::text', 'timestamp with time zone', 'volatile unsafe', 'PUBLIC'),
	('handle', 'consumer text, event_id uuid, member text DEFAULT NULL::text', 'text', 'volatile unsafe', 'PUBLIC'),
	('create_consumer', 'name text, start text DEFAULT ''now''::text, types text[] DEFAULT NULL::text[], max_attempts integer DEFAULT 10, lease interval DEFAULT ''00:00:30''::interval, retry_delay interval DEFAULT ''00:00:01''::interval', 'void', 'volatile unsafe', 'tenant_admin'),
	('drop_consumer', 'name text', 'void', 'volatile unsafe', 'tenant_admin'),
	('grant_consumer', 'consumer text, role regrole', 'void', 'volatile unsafe', 'tenant_admin'),
	('revoke_consumer', 'consumer text, role regrole', 'void', 'volatile unsafe', 'tenant_admin'),
	('redrive', 'consumer text, event_ids uuid[] DEFAULT NULL::uuid[]', 'integer', 'volatile unsafe', 'tenant_admin'),
	('cloudevent', 'event tenant.events', 'jsonb', 'stable safe strict', 'PUBLIC'),
	('keep_events', 'IN retention interval DEFAULT ''7 days''::interval, IN step interval DEFAULT ''1 day''::interval, IN ahead integer DEFAULT 2', NULL, 'volatile unsafe', 'tenant_admin'),
	('keep_partitions', 'parent regclass, step interval DEFAULT ''1 mon''::interval, ahead integer DEFAULT 2', 'integer', 'volatile unsafe', 'tenant_admin'),
	('merge_patch', 'target jsonb, patch jsonb', 'jsonb', 'immutable safe strict', 'tenant_admin tenant_reader'),
	('define_config', 'key text, type text, minimum numeric DEFAULT NULL::numeric, maximum numeric DEFAULT NULL::numeric, '
		'enum jsonb DEFAULT NULL::jsonb, pattern text DEFAULT NULL::text', 'void', 'volatile unsafe', 'tenant_admin'),
	('undefine_config', 'key text', 'void', 'volatile unsafe', 'tenant_admin'),
	('config', 'key text DEFAULT NULL::text', 'jsonb', 'stable safe', 'PUBLIC'),
	('flag', 'name text', 'boolean', 'stable safe', 'PUBLIC'),
	('set_config', 'id text, patch jsonb, expected_revision bigint DEFAULT NULL::bigint', 'bigint', 'volatile unsafe', 'tenant_admin'),
	('set_platform_config', 'platform_id text, patch jsonb, expected_revision bigint DEFAULT NULL::bigint', 'bigint', 'volatile unsafe', 'tenant_admin'),
	('set_default_config', 'patch jsonb, expected_revision bigint DEFAULT NULL::bigint', 'bigint', 'volatile unsafe', 'tenant_admin'),
	('effective_config', 'id text', 'jsonb', 'stable safe', 'tenant_admin tenant_reader'),
	('config_snapshot', '', 'TABLE(revision bigint, tenant_id text, platform_id text, config jsonb)', 'stable safe', 'tenant_admin tenant_reader'),
	('config_changes', 'since bigint', 'TABLE(revision bigint, tenant_id text, platform_id text, config jsonb, '
		'changed_at timestamp with time zone, changed_by text)', 'stable restricted', 'tenant_admin tenant_reader'),
	('compact_config', 'before bigint', 'bigint', 'volatile unsafe', 'tenant_admin'),
	-- Configurations: called, and internal.
	('announce_config', '', 'trigger', 'volatile unsafe', ''),
	('announce_config_layers', '', 'trigger', 'volatile unsafe', ''),
	('draw_revision', '', 'bigint', 'volatile unsafe', ''),
	('is_drawn_revision', 'revision bigint', 'boolean', 'volatile unsafe strict', ''),
	('is_whole_statement', 'function text', 'boolean', 'volatile unsafe', ''),
	('number_config', '', 'trigger', 'volatile unsafe', ''),
	('record_config', '', 'trigger', 'volatile unsafe', ''),
	('record_removal', '', 'trigger', 'volatile unsafe', ''),
	('begin_settling', '', 'trigger', 'volatile unsafe', ''),
	('settle_revision', '', 'trigger', 'volatile unsafe', ''),
	('config_fits', 'definition tenant.config_definitions, value jsonb', 'boolean', 'stable safe', ''),
	('config_agrees', 'definition tenant.config_definitions, config jsonb', 'boolean', 'stable safe', ''),
	('describe_config', 'definition tenant.config_definitions', 'text', 'immutable safe', ''),
	('unknown_config_keys', 'config jsonb, prefix text DEFAULT ''''::text', 'SETOF text', 'stable safe', ''),
	('limit_definitions', '', 'SETOF tenant.config_definitions', 'immutable safe', ''),
	('open_breaker', 'id text', 'void', 'volatile unsafe', 'tenant_admin'),
	('close_breaker', 'id text', 'void', 'volatile unsafe', 'tenant_admin'),
	('breaker_states', 'OUT tenant_id text, OUT state text, OUT by_hand boolean, OUT requests bigint, OUT failures bigint, OUT retry_at timestamp with time zone', 'SETOF record',
		'volatile safe', 'tenant_admin tenant_reader'),
	('quota_counts', 'OUT tenant_id text, OUT relation oid, OUT rows bigint, OUT max_rows bigint, OUT bytes bigint, OUT max_bytes bigint, OUT counted_at timestamp with time zone, OUT is_known boolean', 'SETOF record',
		'volatile restricted', 'tenant_admin tenant_reader'),
	('recount', 'id text DEFAULT NULL::text, tbl regclass DEFAULT NULL::regclass', 'bigint', 'volatile unsafe', 'tenant_admin'),
	('check_config', 'config jsonb, former jsonb DEFAULT ''{}''::jsonb', 'void', 'volatile unsafe', ''),
	('check_definition', 'definition tenant.config_definitions', 'void', 'stable safe', ''),
	('check_change', 'patch jsonb, present bigint, expected bigint', 'void', 'stable restricted', ''),
	('settled_revision', 'function text, drawn bigint', 'bigint', 'volatile unsafe', ''),
	('set_layer', 'platform_id text, patch jsonb, expected_revision bigint, function text', 'bigint', 'volatile unsafe', ''),
	('for_each', 'IN command text, IN parallel integer DEFAULT 1, IN on_error text DEFAULT ''collect''::text, IN condition text DEFAULT NULL::text, '
		'IN job text DEFAULT NULL::text, IN time_limit interval DEFAULT NULL::interval', NULL, 'volatile unsafe', 'tenant_admin'),
	('resume_job', 'IN id bigint, IN parallel integer DEFAULT 1, IN retry boolean DEFAULT false', NULL, 'volatile unsafe', 'tenant_admin'),
	('forget_jobs', 'before timestamp with time zone', 'bigint', 'volatile unsafe', 'tenant_admin'),
	('job_progress', 'OUT pid integer, OUT datid oid, OUT job_id bigint, OUT workers bigint, OUT tenants_total bigint, OUT tenants_done bigint, '
		'OUT tenants_failed bigint, OUT tenants_skipped bigint', 'SETOF record', 'volatile restricted', 'tenant_admin tenant_reader'),
	-- What the extension calls itself, and nobody else.
	('begin_job', 'job text, caller text, command text, condition text, on_error text, milliseconds bigint, OUT id bigint, OUT is_new boolean',
		'record', 'volatile unsafe', ''),
	('list_runs', 'job bigint, tenants text[]', 'void', 'volatile unsafe', ''),
	('open_job', 'id bigint, caller text, retry boolean, OUT command text, OUT stops boolean, OUT milliseconds bigint, OUT pending bigint',
		'record', 'volatile unsafe', ''),
	('claim_run', 'job bigint, after text, OUT tenant_id text, OUT attempt integer, OUT place tid', 'record', 'volatile unsafe', ''),
	('finish_run', 'job bigint, tenant text, claimed integer, place tid, becomes text, affected bigint, code text, error text', 'void', 'volatile unsafe', ''),
	('close_job', 'job bigint, OUT pending bigint, OUT failed bigint, OUT first_code text, OUT first_error text', 'record', 'volatile unsafe', ''),
	('session_state', '', 'text[]', 'volatile unsafe', ''),
	('release_lock', 'class oid, object oid, kind integer, mode text', 'void', 'volatile unsafe', ''),
	('clean_session', 'before text[]', 'TABLE(class oid, object oid)', 'volatile unsafe', ''),
	('blank_messages', '', 'trigger', 'volatile unsafe', ''),
	('number_event', '', 'trigger', 'volatile unsafe', ''),
	('uri_part', 'value text', 'text', 'stable safe strict', ''),
	('tenant_hash', 'tenant_id text', 'integer', 'immutable safe strict', ''),
	('find_consumer', 'consumer text', 'tenant.event_consumers', 'stable unsafe', ''),
	('wait_for_numbering', '', 'void', 'volatile unsafe', ''),
	('forget_dropped_consumers', '', 'void', 'volatile unsafe', ''),
	('ready_tenants', 'consumer integer, first_hash integer, last_hash integer, at_most integer, at timestamp with time zone', 'text[]', 'stable unsafe', ''),
	('fail_delivery', 'consumer tenant.event_consumers, failed tenant.event_deliveries, reason text, delay interval', 'timestamp with time zone', 'volatile unsafe', ''),
	('expire_leases', 'consumer tenant.event_consumers, tenants text[]', 'void', 'volatile unsafe', ''),
	('join_group', 'consumer tenant.event_consumers, member text, OUT first_hash integer, OUT last_hash integer', 'record', 'volatile unsafe', ''),
	('lock_tenants', 'consumer integer, tenants text[]', 'text[]', 'volatile unsafe', ''),
	('lease_events', 'consumer text, batch integer, member text', 'SETOF tenant.events', 'volatile unsafe', ''),
	('leased_delivery', 'consumer integer, event_id uuid, member text', 'tenant.event_deliveries', 'volatile unsafe', ''),
	('acknowledge', 'consumer text, event_ids uuid[], member text', 'integer', 'volatile unsafe', ''),
	('refuse_event', 'consumer text, event_id uuid, reason text, delay interval, member text', 'timestamp with time zone', 'volatile unsafe', ''),
	('event_origin', 'consumer text, event_id uuid, member text, OUT tenant_id text, OUT request_id text, OUT trace_id text, OUT span_id text', 'record', 'volatile unsafe', ''),
	('may_consume', 'consumer text, role oid', 'boolean', 'stable unsafe', ''),
	('publish_for', 'id text, type text, payload jsonb', 'uuid', 'volatile unsafe', ''),
	('first_event_id', 'at timestamp with time zone', 'uuid', 'immutable safe strict', ''),
	('event_time', 'event_id uuid', 'timestamp with time zone', 'immutable safe strict', ''),
	('time_partitions', 'parent regclass', 'TABLE(part regclass, lower timestamp with time zone, upper timestamp with time zone)', 'stable restricted', ''),
	('time_key', 'parent regclass', 'text', 'stable restricted', ''),
	('time_bound', 'parent regclass, at timestamp with time zone', 'text', 'stable restricted', ''),
	('add_time_partition', 'parent regclass, lower timestamp with time zone, upper timestamp with time zone', 'void', 'volatile unsafe', ''),
	('library', 'OUT version text, OUT loaded text', 'record', 'stable restricted', ''),
	('confined_severity', '', 'text', 'stable restricted', ''),
	('typed_function', 'column_type oid', 'text', 'immutable safe', ''),
	('likely_tenant_columns', '', 'TABLE(tbl oid, tenant_column name, column_type oid, is_generated boolean)', 'stable restricted', ''),
	('protecting', 'tbl oid, tenant_column name, column_type oid, is_generated boolean DEFAULT false', 'text', 'stable restricted', ''),
	('tables_of_users', '', 'TABLE(tbl oid, kind "char", is_protected boolean)', 'stable restricted', ''),
	('enable_soft_delete', 'tbl regclass, deleted_column name DEFAULT ''deleted_at''::name, deleted_by name DEFAULT NULL::name, unique_keys text DEFAULT ''all''::text', 'void', 'volatile unsafe', 'tenant_admin'),
	('disable_soft_delete', 'tbl regclass', 'void', 'volatile unsafe', 'tenant_admin'),
	('hard_delete', '', 'void', 'volatile unsafe', 'tenant_admin'),
	('purge_deleted', 'IN tbl regclass, IN older_than interval, INOUT deleted bigint DEFAULT 0', NULL, 'volatile unsafe', 'tenant_admin'),
	('purge_all', 'IN older_than interval, IN batch_size integer DEFAULT 10000', NULL, 'volatile unsafe', 'tenant_admin'),
	('purge', 'IN id text, IN force boolean DEFAULT false, IN dry_run boolean DEFAULT false', NULL, 'volatile unsafe', 'tenant_admin'),
	('soft_delete', 'id text, reason text DEFAULT NULL::text', 'tenant.tenants', 'volatile unsafe', 'tenant_admin'),
	('restore', 'id text, reason text DEFAULT NULL::text', 'tenant.tenants', 'volatile unsafe', 'tenant_admin'),
	('key_match', 'key oid, referenced text, referencing text', 'text', 'stable restricted', ''),
	('key_ends', 'OUT key oid, OUT referencing oid, OUT referenced oid, OUT referencing_is_first boolean, OUT referenced_is_first boolean',
		'SETOF record', 'stable restricted', ''),
	('key_table', 'tbl oid', 'text', 'stable restricted', ''),
	('unreferenced', 'tbl oid', 'text', 'stable restricted', ''),
	('falls_with', 'tbl oid, targets oid[], alias text DEFAULT ''x''::text, path oid[] DEFAULT ''{}''::oid[]', 'text', 'stable restricted', ''),
	('removal_order', 'tables oid[]', 'TABLE(tbl oid, top oid, place bigint, is_cyclic boolean)', 'stable restricted', ''),
	('purged_with', 'targets oid[]', 'oid[]', 'stable restricted', ''),
	('purge_progress', 'OUT pid integer, OUT datid oid, OUT relid oid, OUT command text, OUT phase text, OUT tables_total bigint, '
		'OUT tables_done bigint, OUT rows_found bigint, OUT rows_deleted bigint', 'SETOF record', 'volatile restricted', 'tenant_admin tenant_reader'),
	('unfinished_purge', 'id text', 'timestamp with time zone', 'volatile unsafe', ''),
	('begin_purge', 'id text, force boolean, caller text', 'timestamp with time zone', 'volatile unsafe', ''),
	('note_purged', 'id text, tbl oid, removed bigint', 'void', 'volatile unsafe', ''),
	('finish_purge', 'id text, caller text', 'void', 'volatile unsafe', ''),
	('restore_rows', 'tbl regclass, condition text', 'bigint', 'volatile unsafe', 'tenant_admin'),
	('deletion_of', 'tbl oid, OUT deleted_column name, OUT deleted_by name', 'record', 'stable restricted strict', 'tenant_admin tenant_reader'),
	('is_unasked_delete', 'deleted_at timestamp with time zone, deleted_by text DEFAULT NULL::text', 'boolean', 'volatile unsafe', 'PUBLIC'),
	('refuse_delete', '', 'trigger', 'volatile unsafe', 'PUBLIC'),
	('require_live', 'deleted_at timestamp with time zone, tbl oid', 'boolean', 'stable unsafe', 'PUBLIC'),
	('lock_deleted', 'tbl oid, row_id tid, deleted_at timestamp with time zone', 'timestamp with time zone', 'volatile unsafe', 'PUBLIC'),
	('follow_deletion', '', 'trigger', 'volatile unsafe', 'PUBLIC'),
	('has_live_parents', 'plan internal, tbl oid, row_id tid', 'boolean', 'volatile unsafe', 'PUBLIC'),
	('is_without_live_children', 'plan internal, tbl oid, row_id tid', 'boolean', 'volatile unsafe', 'PUBLIC'),
	('unique_keys_of', 'tbl oid, deleted_column name', 'TABLE(index oid, name text, is_constraint boolean, kept text, dropping text, live text, whole text, online text)', 'stable restricted', ''),
	('check_deletion', '', 'SETOF tenant.finding', 'stable restricted', ''),
	('preloading', '', 'text', 'stable restricted', ''),
	('isolate_tenant', 'IN tbl regclass, IN id text, IN batch integer DEFAULT 10000', NULL, 'volatile unsafe', 'tenant_admin'),
	('repeat_row', '', 'trigger', 'volatile unsafe', ''),
	('partition_obstacles', 'tbl oid, tenant_column name', 'TABLE(obstacle text, fix text)', 'stable restricted', ''),
	('table_definition', 'tbl oid', 'TABLE(step text, command text)', 'stable restricted', ''),
	('ancestors', '', 'TABLE(tbl oid, ancestor oid)', 'stable restricted', ''),
	('views_over_protected', '', 'SETOF oid', 'stable restricted', ''),
	('is_risky_setting', 'setting text', 'boolean', 'immutable safe', ''),
	('grants_on_protected', 'privilege text', 'TABLE(tbl regclass, holder text, revoking text)', 'stable restricted', ''),
	('turning_back', 'changed text, value text', 'text', 'stable restricted', ''),
	('check_open_tables', '', 'SETOF tenant.finding', 'stable restricted', ''),
	('check_columns', '', 'SETOF tenant.finding', 'stable restricted', ''),
	('check_policies', '', 'SETOF tenant.finding', 'stable restricted', ''),
	('check_keys', '', 'SETOF tenant.finding', 'stable restricted', ''),
	('check_code', '', 'SETOF tenant.finding', 'stable restricted', ''),
	('check_roles', '', 'SETOF tenant.finding', 'stable restricted', ''),
	('check_grants', '', 'SETOF tenant.finding', 'stable restricted', ''),
	('check_replication', '', 'SETOF tenant.finding', 'stable restricted', ''),
	('check_settings', '', 'SETOF tenant.finding', 'stable restricted', ''),
	('check_extension', '', 'SETOF tenant.finding', 'stable restricted', ''),
	('record_action', 'id text, action text, reason text DEFAULT NULL::text, detail jsonb DEFAULT ''{}''::jsonb, event_id uuid DEFAULT NULL::uuid', 'void', 'volatile unsafe', ''),
	('record_change', 'id text, action text, reason text DEFAULT NULL::text, detail jsonb DEFAULT ''{}''::jsonb, private jsonb DEFAULT ''{}''::jsonb', 'void', 'volatile unsafe', ''),
	('acting_role', '', 'text', 'stable restricted', ''),
	('refuse_audit_change', '', 'trigger', 'volatile unsafe', ''),
	('is_valid_name', 'name text', 'boolean', 'immutable safe strict', ''),
	('lock_for_step', 'id text, allowed text[], step text', 'tenant.tenants', 'volatile unsafe', ''),
	('take_step', 'id text, step text, allowed text, becomes text, action text, reason text, detail jsonb DEFAULT ''{}''::jsonb', 'tenant.tenants', 'volatile unsafe', ''),
	('check_resource', 'type text, resource_id text', 'void', 'immutable safe', ''),
	('add_jwt_key', 'key_id text, algorithm text, key text, issuer text DEFAULT NULL::text, audience text DEFAULT NULL::text, '
		'tenant_claim text DEFAULT ''tenant_id''::text', 'void', 'volatile unsafe', ''),
	('remove_jwt_key', 'key_id text', 'void', 'volatile unsafe', ''),
	('check_jwt_key', 'algorithm text, key text', 'void', 'immutable safe', ''),
	('trust', 'function regprocedure, reason text', 'void', 'volatile unsafe', ''),
	('distrust', 'function regprocedure', 'void', 'volatile unsafe', ''),
	('signature_of', 'function regprocedure', 'text', 'stable safe', ''),
	('listed_functions', 'OUT function regprocedure, OUT why text, OUT condition text', 'SETOF record', 'stable restricted',
		'tenant_admin tenant_reader'),
	('definition_of', 'function oid', 'text', 'stable restricted strict', 'tenant_admin tenant_reader'),
	('announce_trust', '', 'trigger', 'volatile unsafe', ''),
	('announce_grants', '', 'trigger', 'volatile unsafe', ''),
	('announce_change', '', 'trigger', 'volatile unsafe', ''),
	('check_reference', '', 'trigger', 'volatile unsafe', ''),
	('check_referenced', '', 'trigger', 'volatile unsafe', ''),
	('protect_new_parts', '', 'event_trigger', 'volatile unsafe', ''),
	('forget_dropped_tables', '', 'event_trigger', 'volatile unsafe', '');

CREATE TEMP VIEW present AS
	SELECT p.oid, p.proname::text AS name, pg_get_function_arguments(p.oid) AS arguments,
		pg_get_function_result(p.oid) AS result,
		CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END
			|| CASE p.proparallel WHEN 's' THEN ' safe' WHEN 'r' THEN ' restricted' ELSE ' unsafe' END
			|| CASE WHEN p.proleakproof THEN ' leakproof' ELSE '' END
			|| CASE WHEN p.proisstrict THEN ' strict' ELSE '' END AS label,
		coalesce((SELECT string_agg(CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END, ' '
				ORDER BY grantee::regrole::text)
			FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner)))
			WHERE privilege_type = 'EXECUTE' AND grantee <> p.proowner), '') AS callers,
		p.prosecdef, p.proconfig, p.prolang
	FROM pg_proc p WHERE p.pronamespace = 'tenant'::regnamespace;

SELECT bag_eq('SELECT name FROM present',
	'SELECT name FROM expected', 'schema tenant has these functions, each name once');

SELECT is(p.arguments, e.arguments, format('arguments of tenant.%s', e.name))
	FROM expected e LEFT JOIN present p USING (name) ORDER BY e.name;
SELECT is(p.result, e.result, format('result of tenant.%s', e.name))
	FROM expected e LEFT JOIN present p USING (name) ORDER BY e.name;
SELECT is(p.label, e.label, format('volatility and parallel label of tenant.%s', e.name))
	FROM expected e LEFT JOIN present p USING (name) ORDER BY e.name;
SELECT is(p.callers, e.callers, format('who may call tenant.%s', e.name))
	FROM expected e LEFT JOIN present p USING (name) ORDER BY e.name;
SELECT isnt(coalesce(obj_description(p.oid, 'pg_proc'), ''), '', format('tenant.%s has a comment', e.name))
	FROM expected e LEFT JOIN present p USING (name) ORDER BY e.name;

-- A SECURITY DEFINER function must not look names up along its caller's search path.
SELECT is(proconfig[1], 'search_path=pg_catalog, pg_temp', format('search path of tenant.%s', name))
	FROM present WHERE prosecdef ORDER BY name;
-- These run with the caller's privileges: only so are ownership and grants the caller's.
SELECT is(prosecdef, false, format('tenant.%s is SECURITY INVOKER', name)) FROM present
	WHERE name IN ('set', 'clear', 'set_from_headers', 'execute', 'execute_all', 'query', 'seal', 'unseal', 'protect', 'unprotect', 'share', 'isolate_tenant', 'purge_deleted', 'purge_all', 'purge', 'for_each', 'resume_job', 'publish', 'publish_for', 'fetch', 'ack', 'nack', 'handle') ORDER BY name;
-- A context function in SQL would be inlined, and then read the setting in the middle of a statement.
SELECT is((SELECT lanname FROM pg_language l WHERE l.oid = p.prolang), 'c', format('tenant.%s is written in C', name))
	FROM present p WHERE name LIKE 'current\_%' ORDER BY name;

-- Tables, views and event triggers.
SELECT bag_eq($$SELECT relname::text, relkind::text FROM pg_class WHERE relnamespace = 'tenant'::regnamespace
		AND relkind NOT IN ('i', 'I', 'c', 'S') ORDER BY relname COLLATE "C"$$,
	$$VALUES ('config_definitions', 'r'), ('config_history', 'r'), ('config_horizon', 'r'), ('config_layers', 'r'), ('config_lock', 'r'),
		('jobs', 'r'), ('job_runs', 'r'), ('stat_progress_jobs', 'v'), ('stat_tenants', 'v'), ('stat_tenants_info', 'v'), ('stat_sessions', 'v'), ('audit_log', 'p'), ('audit_log_default', 'r'), ('provision_keys', 'r'), ('tenant_domains', 'r'), ('key_checks', 'v'), ('protected_foreign_keys', 'v'), ('protected_tables', 'v'), ('purged_rows', 'r'), ('purges', 'r'), ('events', 'p'), ('events_default', 'r'), ('event_consumers', 'r'), ('event_buckets', 'r'), ('dead_letters', 'v'), ('consumers', 'v'), ('event_members', 'r'),
		('event_dead_letters', 'r'), ('event_consumer_grants', 'r'), ('event_streams', 'r'), ('event_leases', 'r'), ('event_deliveries', 'r'), ('stat_progress_purge', 'v'), ('jwt_keys', 'r'), ('operator_trust', 'r'), ('resources', 'v'), ('role_grants', 'r'),
		('role_tenants', 'v'), ('shared_tables', 'r'), ('soft_deleted_tables', 'v'), ('tenant_resources', 'r'), ('tenants', 'r'), ('trusted_operators', 'v'), ('unsafe_foreign_keys', 'v'), ('unsafe_keys', 'v'),
		('platform_grants', 'r'), ('role_platforms', 'v'), ('template_tables', 'r'), ('company_tables', 'r'), ('company_tenants', 'r'), ('unsafe_unique_keys', 'v'), ('breakers', 'v'), ('alert_rules', 'r'), ('alert_states', 'r'), ('alert_readings', 'r'),
		('alert_baselines', 'v'), ('alert_windows', 'v'), ('alerts', 'v'), ('quotas', 'v')$$, 'schema tenant has these tables and views');
SELECT isnt(coalesce(obj_description(oid, 'pg_class'), ''), '', format('%s has a comment', oid::regclass))
	FROM pg_class WHERE relnamespace = 'tenant'::regnamespace AND relkind NOT IN ('i', 'I', 'c', 'S') ORDER BY relname;
SELECT isnt(coalesce(obj_description(oid, 'pg_event_trigger'), ''), '', format('event trigger %s has a comment', evtname))
	FROM pg_event_trigger WHERE evtname LIKE 'tenant\_%' ORDER BY evtname;
SELECT isnt(coalesce(obj_description('tenant'::regnamespace, 'pg_namespace'), ''), '', 'the schema has a comment');

SELECT columns_are('tenant', 'tenants', ARRAY['tenant_id', 'name', 'platform_id', 'status', 'status_reason', 'domains',
	'config', 'revision', 'created_at', 'updated_at', 'activated_at', 'suspended_at', 'deleted_at', 'former_status']);
SELECT columns_are('tenant', 'config_layers', ARRAY['platform_id', 'config', 'revision', 'updated_at']);
SELECT columns_are('tenant', 'config_history', ARRAY['revision', 'drawn', 'tenant_id', 'platform_id', 'config', 'changed_at', 'changed_by']);
SELECT columns_are('tenant', 'config_definitions', ARRAY['key', 'type', 'minimum', 'maximum', 'enum', 'pattern']);
SELECT col_is_pk('tenant', 'tenants', 'tenant_id', 'a tenant is registered once');
SELECT columns_are('tenant', 'protected_tables', ARRAY['tbl', 'tenant_column', 'column_type', 'open', 'part_of']);
SELECT columns_are('tenant', 'soft_deleted_tables', ARRAY['tbl', 'deleted_column', 'deleted_by']);
SELECT columns_are('tenant', 'stat_progress_purge', ARRAY['pid', 'datid', 'datname', 'relid', 'command', 'phase', 'tables_total', 'tables_done',
	'rows_found', 'rows_deleted']);
SELECT columns_are('tenant', 'purges', ARRAY['tenant_id', 'started_at', 'name', 'deleted_at', 'started_by', 'forced', 'finished_at', 'finished_by']);
SELECT columns_are('tenant', 'purged_rows', ARRAY['tenant_id', 'started_at', 'tbl', 'rows']);
SELECT columns_are('tenant', 'audit_log', ARRAY['tenant_id', 'action', 'changed_at', 'session_role', 'acting_role', 'reason', 'detail', 'request_id',
	'trace_id', 'span_id', 'event_id']);
SELECT columns_are('tenant', 'jobs', ARRAY['job_id', 'name', 'role', 'command', 'condition', 'on_error', 'time_limit', 'started_at', 'finished_at']);
SELECT columns_are('tenant', 'job_runs', ARRAY['job_id', 'tenant_id', 'status', 'attempt', 'rows', 'sqlstate', 'message', 'started_at', 'finished_at', 'duration']);
SELECT columns_are('tenant', 'stat_tenants', ARRAY['tenant_id', 'is_other', 'calls', 'selects', 'inserts', 'updates', 'deletes', 'utilities', 'rows', 'errors', 'refusals', 'total_time',
	'max_time', 'p50', 'p95', 'p99', 'cpu_time', 'shared_blks_hit', 'shared_blks_read', 'temp_bytes', 'wal_bytes', 'sessions', 'running', 'first_seen', 'last_seen']);
SELECT columns_are('tenant', 'stat_tenants_info', ARRAY['tenants_max', 'tenants', 'evictions', 'stats_reset']);
SELECT columns_are('tenant', 'stat_sessions', ARRAY['pid', 'tenant_id', 'is_running', 'statement_start', 'statements']);
SELECT columns_are('tenant', 'stat_progress_jobs', ARRAY['pid', 'datid', 'datname', 'job_id', 'workers', 'tenants_total', 'tenants_done', 'tenants_failed', 'tenants_skipped']);
SELECT columns_are('tenant', 'unsafe_keys', ARRAY['tbl', 'name', 'kind', 'fix', 'checked']);
SELECT columns_are('tenant', 'breakers', ARRAY['tenant_id', 'state', 'by_hand', 'requests', 'failures', 'retry_at']);
SELECT columns_are('tenant', 'alert_rules', ARRAY['name', 'expression', 'comparison', 'threshold', 'time_window', 'silence', 'severity', 'is_enabled', 'created_by', 'created_at',
	'last_evaluated_at', 'last_error']);
SELECT columns_are('tenant', 'alert_windows', ARRAY['time_window', 'tenant_id', 'seconds', 'calls', 'errors', 'refusals', 'rows', 'total_time', 'cpu_time', 'shared_blks_hit', 'shared_blks_read',
	'temp_bytes', 'wal_bytes', 'p50', 'p95', 'p99', 'sessions', 'running']);
SELECT columns_are('tenant', 'alerts', ARRAY['rule', 'severity', 'tenant_id', 'is_firing', 'since', 'value', 'comparison', 'threshold', 'last_fired_at', 'event_id']);
SELECT columns_are('tenant', 'quotas', ARRAY['tenant_id', 'relation', 'rows', 'max_rows', 'bytes', 'max_bytes', 'counted_at', 'is_known']);
SELECT columns_are('tenant', 'role_tenants', ARRAY['role', 'tenant_id']);
SELECT columns_are('tenant', 'resources', ARRAY['tenant_id', 'type', 'resource_id', 'created_at', 'status']);

SELECT * FROM finish();
ROLLBACK;
