-- The trail of what was done to tenants, and to what all of them share: then tenant_id is NULL, and so is event_id. Rows are added and
-- never changed. Old ones go with their partition. The library writes them (src/events/audit.cpp).
CREATE TABLE tenant.audit_log (
	tenant_id text COLLATE "C",
	action text NOT NULL,
	changed_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	session_role text NOT NULL,
	acting_role text NOT NULL,
	reason text,
	detail jsonb NOT NULL,
	request_id text,
	trace_id text,
	span_id text,
	event_id uuid
) PARTITION BY RANGE (changed_at);
COMMENT ON TABLE tenant.audit_log IS 'Every change of tenants, protection and configuration, and what was written for all tenants: who did it, when and why';

-- Takes what no partition of its own is there for, so that a write never fails.
CREATE TABLE tenant.audit_log_default PARTITION OF tenant.audit_log DEFAULT;
CREATE INDEX ON tenant.audit_log_default (tenant_id, changed_at);
COMMENT ON TABLE tenant.audit_log_default IS 'Rows of tenant.audit_log for whose time there is no other partition';
SELECT pg_catalog.pg_extension_config_dump('tenant.audit_log_default', '');

CREATE FUNCTION tenant.refuse_audit_change() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = 'rows of tenant.audit_log are never changed',
		DETAIL = 'Old ones go with their partition.';
END
$$;
COMMENT ON FUNCTION tenant.refuse_audit_change() IS 'Keeps rows of tenant.audit_log as they are, for superusers too';

-- Of rows, since only those triggers hold for partitions that are named directly, and for new ones.
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON tenant.audit_log
	FOR EACH ROW EXECUTE FUNCTION tenant.refuse_audit_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON tenant.audit_log
	FOR EACH STATEMENT EXECUTE FUNCTION tenant.refuse_audit_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON tenant.audit_log_default
	FOR EACH STATEMENT EXECUTE FUNCTION tenant.refuse_audit_change();
ALTER TABLE tenant.audit_log ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE tenant.audit_log ENABLE ALWAYS TRIGGER refuse_truncate;
ALTER TABLE tenant.audit_log_default ENABLE ALWAYS TRIGGER refuse_truncate;

-- Who asked: current_user is the owner of the function that was called.
CREATE FUNCTION tenant.acting_role() RETURNS text
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp
	AS $$ SELECT CASE current_setting('role') WHEN 'none' THEN session_user ELSE current_setting('role') END $$;
COMMENT ON FUNCTION tenant.acting_role() IS 'The role that the session acts as, whoever owns the function that asks';

CREATE FUNCTION tenant.record_action(id text, action text, reason text DEFAULT NULL, detail jsonb DEFAULT '{}', event_id uuid DEFAULT NULL) RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_record_action';
COMMENT ON FUNCTION tenant.record_action(text, text, text, jsonb, uuid) IS 'Writes down what was done, to one tenant or to what all share';

-- Consumers of events see what is in `detail`; `private` is for the trail alone.
CREATE FUNCTION tenant.record_change(id text, action text, reason text DEFAULT NULL, detail jsonb DEFAULT '{}', private jsonb DEFAULT '{}') RETURNS void
	LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT tenant.record_action(id, action, reason, detail || private,
		tenant.publish_for(id, 'tenant.' || action, detail || jsonb_strip_nulls(jsonb_build_object('reason', reason))))
$$;
COMMENT ON FUNCTION tenant.record_change(text, text, text, jsonb, jsonb) IS 'Writes a change of a tenant down, and publishes it';
