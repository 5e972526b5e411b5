-- What keeps a filter from moving (src/planning).
CREATE FUNCTION tenant.explain_barrier(query text, OUT relation text, OUT filter text, OUT kept_by text)
	RETURNS SETOF record LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_explain_barrier';
COMMENT ON FUNCTION tenant.explain_barrier(text) IS
	'How the tenant''s filter of each protected relation of a query is applied, and what keeps it a barrier';
