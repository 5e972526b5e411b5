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

CREATE FUNCTION tenant.new_id() RETURNS text
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_new_id';
COMMENT ON FUNCTION tenant.new_id() IS 'An id for a new tenant: a random UUID';

CREATE FUNCTION tenant.is_new_id(id text) RETURNS boolean
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_is_new_id';
COMMENT ON FUNCTION tenant.is_new_id(text) IS 'Whether tenant.new_id() gave this id last in this session';

-- Calls of provision() that have a key, and what they were given.
CREATE TABLE tenant.provision_keys (
	idempotency_key text COLLATE "C" PRIMARY KEY,
	tenant_id text COLLATE "C" NOT NULL,
	arguments jsonb NOT NULL,
	created_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);
CREATE INDEX ON tenant.provision_keys (tenant_id);
COMMENT ON TABLE tenant.provision_keys IS 'Which tenant each idempotency key made, until the tenant is purged';
SELECT pg_catalog.pg_extension_config_dump('tenant.provision_keys', '');

-- Waits for another call with the key that has not committed.
CREATE FUNCTION tenant.claim_key(idempotency_key text, id text, arguments jsonb) RETURNS tenant.tenants
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	earlier tenant.provision_keys;
	made tenant.tenants;
BEGIN
	IF NOT tenant.is_valid_name(claim_key.idempotency_key) THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'invalid idempotency key',
			DETAIL = 'A key is 1 to 256 characters, without control characters and without a space at its ends.';
	END IF;
	LOOP
		INSERT INTO tenant.provision_keys (idempotency_key, tenant_id, arguments) VALUES (claim_key.idempotency_key, id, claim_key.arguments)
			ON CONFLICT DO NOTHING;
		EXIT WHEN FOUND;
		SELECT * INTO earlier FROM tenant.provision_keys k WHERE k.idempotency_key = claim_key.idempotency_key;
		CONTINUE WHEN NOT FOUND;
		IF earlier.arguments <> claim_key.arguments THEN
			RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'the idempotency key was used with other arguments',
				DETAIL = format('The call with it provisioned tenant "%s".', earlier.tenant_id);
		END IF;
		SELECT * INTO made FROM tenant.tenants t WHERE t.tenant_id = earlier.tenant_id;
		EXIT;
	END LOOP;
	RETURN made;
END
$$;
COMMENT ON FUNCTION tenant.claim_key(text, text, jsonb) IS 'The tenant that a call with this key has made, or nulls: then the key is the caller''s';

CREATE FUNCTION tenant.check_provision(name text, config jsonb, activate boolean) RETURNS void
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF NOT tenant.is_valid_name(name) THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'invalid tenant name',
			DETAIL = 'A name is 1 to 256 characters, without control characters and without a space at its ends.';
	END IF;
	IF config IS NULL OR jsonb_typeof(config) <> 'object' THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'configuration must be a JSON object';
	END IF;
	IF activate IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'activate must not be null';
	END IF;
END
$$;
COMMENT ON FUNCTION tenant.check_provision(text, jsonb, boolean) IS 'Raises 22023 unless a tenant may be provisioned with these';

CREATE FUNCTION tenant.provision(tenant_id text DEFAULT tenant.new_id(),
		name text DEFAULT NULL, platform_id text DEFAULT NULL, domains text[] DEFAULT '{}', config jsonb DEFAULT '{}',
		activate boolean DEFAULT true, idempotency_key text DEFAULT NULL, template text DEFAULT NULL) RETURNS tenant.tenants
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	id CONSTANT text := tenant.canonical_id(provision.tenant_id);
	platform CONSTANT text := CASE WHEN provision.platform_id IS NOT NULL THEN tenant.canonical_id(provision.platform_id) END;
	own_domains CONSTANT text[] := tenant.canonical_domains(provision.domains);
	given CONSTANT jsonb := jsonb_strip_nulls(jsonb_build_object('name', provision.name, 'platform_id', platform, 'domains', own_domains,
		'template', CASE WHEN provision.template IS NOT NULL THEN tenant.canonical_id(provision.template) END, 'status', CASE WHEN provision.activate THEN 'active' ELSE 'pending' END));
	created tenant.tenants;
BEGIN
	PERFORM tenant.check_provision(provision.name, provision.config, provision.activate);
	IF provision.idempotency_key IS NOT NULL THEN
		created := tenant.claim_key(provision.idempotency_key, id, given || jsonb_build_object('config', provision.config)
			|| CASE WHEN tenant.is_new_id(id) THEN '{}' ELSE jsonb_build_object('tenant_id', id) END);
		IF created.tenant_id IS NOT NULL THEN
			RETURN created;
		END IF;
	END IF;
	INSERT INTO tenant.tenants (tenant_id, name, platform_id, domains, config, status, activated_at)
		VALUES (id, provision.name, platform, own_domains, provision.config, given ->> 'status', CASE WHEN provision.activate THEN now() END)
		ON CONFLICT DO NOTHING RETURNING * INTO created;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '23505', MESSAGE = format('tenant "%s" is registered already', id);
	END IF;
	-- The tenant's first event, before what triggers of its rows publish.
	PERFORM tenant.record_change(id, 'provisioned', NULL, given);
	IF provision.template IS NOT NULL THEN
		PERFORM tenant.copy_template(provision.template, id);
	END IF;
	RETURN created;
END
$$;
COMMENT ON FUNCTION tenant.provision(text, text, text, text[], jsonb, boolean, text, text) IS
	'Registers a tenant, active or pending, with copies of a template''s rows if one is named';

-- One step of a tenant that is `allowed`.
CREATE FUNCTION tenant.take_step(id text, step text, allowed text, becomes text, action text, reason text, detail jsonb DEFAULT '{}')
		RETURNS tenant.tenants
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	changed tenant.tenants := tenant.lock_for_step(id, ARRAY[allowed], step);
BEGIN
	UPDATE tenant.tenants t SET status = becomes, status_reason = CASE WHEN becomes = 'suspended' THEN reason END, updated_at = now(),
		activated_at = coalesce(activated_at, now()), suspended_at = CASE WHEN becomes = 'suspended' THEN now() END
		WHERE t.tenant_id = changed.tenant_id RETURNING * INTO changed;
	PERFORM tenant.record_change(changed.tenant_id, action, reason, detail);
	RETURN changed;
END
$$;
COMMENT ON FUNCTION tenant.take_step(text, text, text, text, text, text, jsonb) IS 'Changes the state of a tenant that is in another one';

CREATE FUNCTION tenant.activate(id text, reason text DEFAULT NULL) RETURNS tenant.tenants
	LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS $$ SELECT tenant.take_step(id, 'activate', 'pending', 'active', 'activated', reason) $$;
COMMENT ON FUNCTION tenant.activate(text, text) IS 'Lets a pending tenant in';

CREATE FUNCTION tenant.suspend(id text, reason text DEFAULT NULL) RETURNS tenant.tenants
	LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS $$ SELECT tenant.take_step(id, 'suspend', 'active', 'suspended', 'suspended', reason) $$;
COMMENT ON FUNCTION tenant.suspend(text, text) IS 'Cuts an active tenant off, from its next statement on, in every session';

CREATE FUNCTION tenant.resume(id text, reason text DEFAULT NULL) RETURNS tenant.tenants
	LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS $$ SELECT tenant.take_step(id, 'resume', 'suspended', 'active', 'resumed', reason) $$;
COMMENT ON FUNCTION tenant.resume(text, text) IS 'Lets a suspended tenant in again';

CREATE FUNCTION tenant.complete_provisioning(id text, success boolean, detail jsonb DEFAULT '{}') RETURNS tenant.tenants
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF success IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'success must not be null';
	END IF;
	IF detail IS NULL OR jsonb_typeof(detail) <> 'object' THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'detail must be a JSON object';
	END IF;
	IF success THEN
		RETURN tenant.take_step(id, 'complete the provisioning of', 'pending', 'active', 'activated', NULL, detail);
	END IF;
	RETURN tenant.mark_deleted(id, 'complete the provisioning of', ARRAY['pending'], 'provisioning_failed', NULL, detail);
END
$$;
COMMENT ON FUNCTION tenant.complete_provisioning(text, boolean, jsonb) IS 'Ends the provisioning of a pending tenant: it is active, or deleted';
