-- Soft deletion.
CREATE FUNCTION tenant.enable_soft_delete(tbl regclass, deleted_column name DEFAULT 'deleted_at', deleted_by name DEFAULT NULL,
		unique_keys text DEFAULT 'all') RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_enable_soft_delete';
COMMENT ON FUNCTION tenant.enable_soft_delete(regclass, name, name, text) IS
	'Makes DELETE mark rows of the table, its partitions and children, and hides marked rows';

CREATE FUNCTION tenant.disable_soft_delete(tbl regclass) RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_disable_soft_delete';
COMMENT ON FUNCTION tenant.disable_soft_delete(regclass) IS 'Makes DELETE remove rows again; marked rows are seen again';

CREATE FUNCTION tenant.hard_delete() RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_hard_delete';
COMMENT ON FUNCTION tenant.hard_delete() IS 'Until the end of the transaction DELETE removes rows of tables that soft-delete';

CREATE FUNCTION tenant.deletion_of(tbl oid, OUT deleted_column name, OUT deleted_by name)
	LANGUAGE c STABLE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'pg_tenant_deletion_of';
COMMENT ON FUNCTION tenant.deletion_of(oid) IS 'Which columns tell of a row''s deletion, NULL where rows are not soft-deleted';

CREATE FUNCTION tenant.is_unasked_delete(deleted_at timestamptz, deleted_by text DEFAULT NULL) RETURNS boolean
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_is_unasked_delete';
COMMENT ON FUNCTION tenant.is_unasked_delete(timestamptz, text) IS 'Whether a DELETE that should mark would remove the row';

CREATE FUNCTION tenant.refuse_delete() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'pg_tenant_refuse_delete';
COMMENT ON FUNCTION tenant.refuse_delete() IS 'Refuses a DELETE that was planned without the library';

CREATE FUNCTION tenant.require_live(deleted_at timestamptz, tbl oid) RETURNS boolean
	LANGUAGE c STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_require_live';
COMMENT ON FUNCTION tenant.require_live(timestamptz, oid) IS 'Refuses ON CONFLICT DO UPDATE of a deleted row';

CREATE FUNCTION tenant.lock_deleted(tbl oid, row_id tid, deleted_at timestamptz) RETURNS timestamptz
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_lock_deleted';
COMMENT ON FUNCTION tenant.lock_deleted(oid, tid, timestamptz) IS 'Locks a row that is about to be marked as deleted';

-- Of both the first argument is for plans alone, which call them for rows that foreign keys lead to.
CREATE FUNCTION tenant.has_live_parents(plan internal, tbl oid, row_id tid) RETURNS boolean
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 AS 'MODULE_PATHNAME', 'pg_tenant_has_live_parents';
COMMENT ON FUNCTION tenant.has_live_parents(internal, oid, tid) IS 'Whether no row that this one references is deleted';

CREATE FUNCTION tenant.is_without_live_children(plan internal, tbl oid, row_id tid) RETURNS boolean
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 AS 'MODULE_PATHNAME', 'pg_tenant_is_without_live_children';
COMMENT ON FUNCTION tenant.is_without_live_children(internal, oid, tid) IS 'Whether only deleted rows reference this one';

CREATE FUNCTION tenant.follow_deletion() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'pg_tenant_follow_deletion';
COMMENT ON FUNCTION tenant.follow_deletion() IS 'Does what ON DELETE of foreign keys says when a row is marked as deleted';

CREATE VIEW tenant.soft_deleted_tables AS
	SELECT t.tgrelid::pg_catalog.regclass AS tbl, d.deleted_column, d.deleted_by
	FROM pg_catalog.pg_trigger t CROSS JOIN LATERAL tenant.deletion_of(t.tgrelid) d
	WHERE t.tgname OPERATOR(pg_catalog.=) 'tenant_soft_delete' AND d.deleted_column IS NOT NULL;
COMMENT ON VIEW tenant.soft_deleted_tables IS 'The tables whose rows are soft-deleted, with their partitions and children';

CREATE FUNCTION tenant.restore_rows(tbl regclass, condition text) RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_restore_rows';
COMMENT ON FUNCTION tenant.restore_rows(regclass, text) IS 'Makes deleted rows of the table that meet the condition live again; their number';
