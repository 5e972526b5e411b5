-- The lifecycle of a tenant. The functions run as the registry's owner; EXECUTE on them is what roles are granted.

-- The tenant's row, locked for the step; TN002 when there is none, TN010 when its state does not allow the step.
CREATE FUNCTION tenant.lock_for_step(id text, allowed text[], step text) RETURNS tenant.tenants
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	canonical text := tenant.canonical_id(id);
	found_tenant tenant.tenants;
BEGIN
	SELECT * INTO found_tenant FROM tenant.tenants t WHERE t.tenant_id = canonical FOR UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = 'TN002', MESSAGE = format('tenant "%s" is not registered', canonical),
			HINT = format('SELECT tenant.provision(%L);', canonical);
	END IF;
	IF found_tenant.status <> ALL (allowed) THEN
		RAISE EXCEPTION USING ERRCODE = 'TN010',
			MESSAGE = format('cannot %s tenant "%s", which is %s', step, canonical, found_tenant.status),
			DETAIL = format('Only a tenant that is %s can take this step.', array_to_string(allowed, ' or '));
	END IF;
	RETURN found_tenant;
END
$$;
COMMENT ON FUNCTION tenant.lock_for_step(text, text[], text) IS 'The tenant''s row, locked, if its state allows a lifecycle step';

CREATE FUNCTION tenant.provision(tenant_id text DEFAULT pg_catalog.gen_random_uuid()::pg_catalog.text,
		name text DEFAULT NULL, platform_id text DEFAULT NULL, domains text[] DEFAULT '{}', config jsonb DEFAULT '{}',
		activate boolean DEFAULT true) RETURNS tenant.tenants
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	created tenant.tenants;
BEGIN
	IF NOT tenant.is_valid_name(provision.name) THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'invalid tenant name',
			DETAIL = 'A name is 1 to 256 characters, without control characters and without a space at its ends.';
	END IF;
	IF provision.domains IS NULL OR array_ndims(provision.domains) > 1 OR array_position(provision.domains, NULL) IS NOT NULL THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'domains must be a list without nulls';
	END IF;
	IF provision.config IS NULL OR jsonb_typeof(provision.config) <> 'object' THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'configuration must be a JSON object';
	END IF;
	IF provision.activate IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'activate must not be null';
	END IF;
	INSERT INTO tenant.tenants (tenant_id, name, platform_id, domains, config, status, activated_at)
		VALUES (tenant.canonical_id(provision.tenant_id), provision.name,
			CASE WHEN provision.platform_id IS NOT NULL THEN tenant.canonical_id(provision.platform_id) END,
			provision.domains, provision.config,
			CASE WHEN provision.activate THEN 'active' ELSE 'pending' END,
			CASE WHEN provision.activate THEN now() END)
		ON CONFLICT DO NOTHING RETURNING * INTO created;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '23505',
			MESSAGE = format('tenant "%s" is registered already', tenant.canonical_id(provision.tenant_id));
	END IF;
	RETURN created;
END
$$;
COMMENT ON FUNCTION tenant.provision(text, text, text, text[], jsonb, boolean) IS 'Registers a tenant, active or pending';

-- One step of a tenant that is `allowed`.
CREATE FUNCTION tenant.take_step(id text, step text, allowed text, becomes text, reason text) RETURNS tenant.tenants
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	changed tenant.tenants := tenant.lock_for_step(id, ARRAY[allowed], step);
BEGIN
	UPDATE tenant.tenants t SET status = becomes, status_reason = reason, updated_at = now(),
		activated_at = coalesce(activated_at, now()), suspended_at = CASE WHEN becomes = 'suspended' THEN now() END
		WHERE t.tenant_id = changed.tenant_id RETURNING * INTO changed;
	RETURN changed;
END
$$;
COMMENT ON FUNCTION tenant.take_step(text, text, text, text, text) IS 'Changes the state of a tenant that is in another one';

CREATE FUNCTION tenant.activate(id text) RETURNS tenant.tenants
	LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS $$ SELECT tenant.take_step(id, 'activate', 'pending', 'active', NULL) $$;
COMMENT ON FUNCTION tenant.activate(text) IS 'Lets a pending tenant in';

CREATE FUNCTION tenant.suspend(id text, reason text DEFAULT NULL) RETURNS tenant.tenants
	LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS $$ SELECT tenant.take_step(id, 'suspend', 'active', 'suspended', reason) $$;
COMMENT ON FUNCTION tenant.suspend(text, text) IS 'Cuts an active tenant off, from its next statement on, in every session';

CREATE FUNCTION tenant.resume(id text) RETURNS tenant.tenants
	LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS $$ SELECT tenant.take_step(id, 'resume', 'suspended', 'active', NULL) $$;
COMMENT ON FUNCTION tenant.resume(text) IS 'Lets a suspended tenant in again';
