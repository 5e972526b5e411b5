-- Looking tenants up among a million: by index, page after page.
CREATE INDEX tenants_by_name ON tenant.tenants (pg_catalog.lower(name) text_pattern_ops, tenant_id) WHERE name IS NOT NULL;
CREATE INDEX tenants_by_status ON tenant.tenants (status, tenant_id);
CREATE INDEX tenants_by_platform ON tenant.tenants (platform_id, status, tenant_id) WHERE platform_id IS NOT NULL;

CREATE FUNCTION tenant.check_search(status text, page_size integer) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF status NOT IN ('pending', 'active', 'suspended', 'deleted') THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = format('there is no state "%s" of a tenant', status);
	END IF;
	IF page_size IS NULL OR page_size < 1 THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'page_size must be at least 1';
	END IF;
END
$$;
COMMENT ON FUNCTION tenant.check_search(text, integer) IS 'Raises 22023 unless tenants can be looked for so';

-- Planned anew each time, with the arguments as constants: what is not asked for is no condition, and indexes take prefixes. In two parts:
-- tenants whose id begins so, and then those whose name does. test/pgtap/search.sql explains the query as it stands here.
CREATE FUNCTION tenant.search_tenants(query text DEFAULT NULL, status text DEFAULT NULL, platform text DEFAULT NULL, after text DEFAULT NULL,
		page_size integer DEFAULT 50) RETURNS SETOF tenant.tenants
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
BEGIN
	PERFORM tenant.check_search($2, $5);
	$1 := tenant.id_of_row($1);
	$3 := tenant.id_of_row($3);
	$4 := tenant.id_of_row($4);
	IF $4 IS NOT NULL AND NOT EXISTS (SELECT FROM tenant.tenants t WHERE t.tenant_id = $4) THEN
		RAISE EXCEPTION USING ERRCODE = 'TN002', MESSAGE = format('tenant "%s", which the page is to follow, is not registered', $4),
			HINT = 'Begin with the first page.';
	END IF;
	RETURN QUERY
	(SELECT t.* FROM tenant.tenants t
		WHERE ($1 IS NULL OR t.tenant_id ^@ $1) AND ($2 IS NULL OR t.status = $2) AND ($3 IS NULL OR t.platform_id = $3)
			AND ($4 IS NULL OR t.tenant_id > $4) AND ($1 IS NULL OR $4 IS NULL OR starts_with($4, $1))
		ORDER BY t.tenant_id LIMIT $5)
	UNION ALL
	(SELECT t.* FROM tenant.tenants t
		WHERE $1 IS NOT NULL AND lower(t.name) ^@ lower($1) AND t.name IS NOT NULL AND NOT t.tenant_id ^@ $1
			AND ($2 IS NULL OR t.status = $2) AND ($3 IS NULL OR t.platform_id = $3)
			AND ($4 IS NULL OR starts_with($4, $1) OR lower(t.name) ~>=~ (SELECT lower(l.name) FROM tenant.tenants l WHERE l.tenant_id = $4)
				AND (t.tenant_id > $4 OR lower(t.name) ~>~ (SELECT lower(l.name) FROM tenant.tenants l WHERE l.tenant_id = $4)))
		ORDER BY lower(t.name) USING ~<~, t.tenant_id LIMIT $5)
	LIMIT $5;
END
$$;
COMMENT ON FUNCTION tenant.search_tenants(text, text, text, text, integer) IS 'A page of tenants whose id or name begins so, with that state and platform';

CREATE FUNCTION tenant.count_tenants(query text DEFAULT NULL, status text DEFAULT NULL, platform text DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
BEGIN
	PERFORM tenant.check_search($2, 1);
	$1 := tenant.id_of_row($1);
	$3 := tenant.id_of_row($3);
	RETURN
		(SELECT count(*) FROM tenant.tenants t
			WHERE ($1 IS NULL OR t.tenant_id ^@ $1) AND ($2 IS NULL OR t.status = $2) AND ($3 IS NULL OR t.platform_id = $3))
		+ (SELECT count(*) FROM tenant.tenants t
			WHERE $1 IS NOT NULL AND lower(t.name) ^@ lower($1) AND t.name IS NOT NULL AND NOT t.tenant_id ^@ $1
				AND ($2 IS NULL OR t.status = $2) AND ($3 IS NULL OR t.platform_id = $3));
END
$$;
COMMENT ON FUNCTION tenant.count_tenants(text, text, text) IS 'How many tenants a search finds';
