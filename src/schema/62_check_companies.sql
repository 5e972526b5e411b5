-- tenant.check(): where a table and the registry disagree, and what no longer follows.
CREATE FUNCTION tenant.check_companies() RETURNS SETOF tenant.finding
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	declared tenant.company_tables;
	differing bigint;
	remedy text;
BEGIN
	FOR declared IN SELECT c.* FROM tenant.company_tables c JOIN pg_class r ON r.oid = c.relation LOOP
		remedy := format('SELECT tenant.unregister_from(%1$L); SELECT tenant.register_from(%1$L, %2$L, %3$L, %4$L, %5$L);', declared.relation,
			declared.id_column, declared.name_column, declared.status_column, declared.statuses);
		IF (SELECT count(*) FROM pg_trigger g WHERE g.tgrelid = declared.relation AND g.tgfoid = 'tenant.follow_companies()'::regprocedure AND g.tgenabled IN ('O', 'A')) < 2
				OR EXISTS (SELECT FROM unnest(ARRAY[declared.id_column, declared.name_column, declared.status_column]) wanted WHERE wanted IS NOT NULL
					AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = declared.relation AND a.attname = wanted)) THEN
			RETURN QUERY SELECT 'warning', 'company_table_not_followed', format('table %s', declared.relation),
				'Its rows are declared to be tenants, and its triggers are missing or disabled, or a column has gone.', remedy;
		ELSIF (tenant.protection_of(declared.relation)).tenant_column IS NULL THEN
			SELECT count(*) INTO differing FROM tenant.companies_of(declared) r
			FULL JOIN (SELECT t.* FROM tenant.company_tenants c JOIN tenant.tenants t ON t.tenant_id = c.tenant_id WHERE c.relation = declared.relation) t
				ON t.tenant_id = tenant.id_of_row(r.id)
			WHERE t.tenant_id IS NULL OR r.id IS NULL AND t.status <> 'deleted' OR r.id IS NOT NULL AND (t.name IS DISTINCT FROM r.name AND declared.name_column IS NOT NULL
				OR CASE WHEN declared.status_column IS NULL THEN t.status = 'deleted'
					ELSE t.status IS DISTINCT FROM CASE WHEN declared.statuses IS NULL THEN r.status ELSE declared.statuses ->> r.status END END);
			RETURN QUERY SELECT 'warning', 'company_table_differs', format('table %s', declared.relation),
				format('%s of its rows, or of their tenants, disagree: what was changed by hand, or while triggers were off.', differing), remedy
				WHERE differing > 0;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION tenant.check_companies() IS 'Findings of tenant.check(): tables of companies that are not in step';
