-- Resources of a tenant, and the list of tenants that services read.
CREATE VIEW tenant.resources AS
	SELECT r.tenant_id, r.type, r.resource_id, r.created_at, t.status
	FROM tenant.tenant_resources r
	JOIN tenant.tenants t ON t.tenant_id OPERATOR(pg_catalog.=) r.tenant_id;
COMMENT ON VIEW tenant.resources IS 'What tenants have outside their rows, with the state of the tenant';

CREATE FUNCTION tenant.check_resource(type text, resource_id text) RETURNS void
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF tenant.is_valid_name(type) IS NOT TRUE OR tenant.is_valid_name(resource_id) IS NOT TRUE THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'invalid type or id of a resource',
			DETAIL = 'Both are 1 to 256 characters, without control characters and without a space at their ends.';
	END IF;
END
$$;
COMMENT ON FUNCTION tenant.check_resource(text, text) IS 'Raises 22023 unless a type and an id may be a resource''s';

CREATE FUNCTION tenant.add_resource(id text, type text, resource_id text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	owner tenant.tenants := tenant.lock_for_step(id, ARRAY['pending', 'active', 'suspended'], 'add a resource to');
BEGIN
	PERFORM tenant.check_resource(add_resource.type, add_resource.resource_id);
	INSERT INTO tenant.tenant_resources (tenant_id, type, resource_id)
		VALUES (owner.tenant_id, add_resource.type, add_resource.resource_id) ON CONFLICT DO NOTHING;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '23505', MESSAGE = format('tenant "%s" has %s "%s" already', owner.tenant_id,
			add_resource.type, add_resource.resource_id);
	END IF;
	PERFORM tenant.record_change(owner.tenant_id, 'resource_added', NULL,
		jsonb_build_object('type', add_resource.type, 'resource_id', add_resource.resource_id));
END
$$;
COMMENT ON FUNCTION tenant.add_resource(text, text, text) IS 'Records that a tenant has a resource';

CREATE FUNCTION tenant.remove_resource(id text, type text, resource_id text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	owner tenant.tenants := tenant.lock_for_step(id, ARRAY['pending', 'active', 'suspended', 'deleted'],
		'remove a resource from');
BEGIN
	PERFORM tenant.check_resource(remove_resource.type, remove_resource.resource_id);
	DELETE FROM tenant.tenant_resources r WHERE r.tenant_id = owner.tenant_id
		AND r.type = remove_resource.type AND r.resource_id = remove_resource.resource_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '42704', MESSAGE = format('tenant "%s" has no %s "%s"', owner.tenant_id,
			remove_resource.type, remove_resource.resource_id);
	END IF;
	PERFORM tenant.record_change(owner.tenant_id, 'resource_removed', NULL,
		jsonb_build_object('type', remove_resource.type, 'resource_id', remove_resource.resource_id));
END
$$;
COMMENT ON FUNCTION tenant.remove_resource(text, text, text) IS 'Forgets a resource of a tenant';

CREATE FUNCTION tenant.list(resource_type text DEFAULT NULL)
	RETURNS TABLE (tenant_id text, name text, platform_id text, config jsonb, revision bigint, resources jsonb)
	LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT t.tenant_id, t.name, t.platform_id, t.config, t.revision, coalesce(own.resources, '{}')
	FROM tenant.tenants t
	LEFT JOIN LATERAL (
		SELECT jsonb_object_agg(by_type.type, by_type.ids) AS resources FROM (
			SELECT r.type, jsonb_agg(r.resource_id ORDER BY r.resource_id) AS ids FROM tenant.tenant_resources r
			WHERE r.tenant_id = t.tenant_id AND (list.resource_type IS NULL OR r.type = list.resource_type)
			GROUP BY r.type) by_type
	) own ON true
	WHERE t.status = 'active' AND (list.resource_type IS NULL OR own.resources IS NOT NULL)
	ORDER BY t.tenant_id
$$;
COMMENT ON FUNCTION tenant.list(text) IS 'The active tenants with their configuration and resources, or those with a resource of one type';
