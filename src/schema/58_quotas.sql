-- What tenants have stored, and may (src/quotas). What they may is configuration (src/schema/52).
CREATE FUNCTION tenant.quota_counts(OUT tenant_id text, OUT relation oid, OUT rows bigint, OUT max_rows bigint, OUT bytes bigint,
		OUT max_bytes bigint, OUT counted_at timestamptz, OUT is_known boolean)
	RETURNS SETOF record
	LANGUAGE c VOLATILE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'pg_tenant_quota_counts';
COMMENT ON FUNCTION tenant.quota_counts() IS 'What the view quotas shows';

CREATE FUNCTION tenant.recount(id text DEFAULT NULL, tbl regclass DEFAULT NULL) RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_recount';
COMMENT ON FUNCTION tenant.recount(text, regclass) IS 'Counts again what tenants have stored that have a quota; how many numbers it has counted';

CREATE VIEW tenant.quotas AS
	SELECT q.tenant_id, q.relation::pg_catalog.regclass AS relation, q.rows, q.max_rows, q.bytes, q.max_bytes, q.counted_at, q.is_known
	FROM tenant.quota_counts() q;
COMMENT ON VIEW tenant.quotas IS 'What tenants of this database that have a quota have stored: rows of each table; bytes of all tables, where relation is null';
