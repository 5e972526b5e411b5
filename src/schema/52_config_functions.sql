-- Configurations: what is called to change and to read them.
CREATE FUNCTION tenant.config(key text DEFAULT NULL) RETURNS jsonb
	LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pg_tenant_config';
COMMENT ON FUNCTION tenant.config(text) IS 'The configuration of the session''s tenant, or one value of it';

CREATE FUNCTION tenant.flag(name text) RETURNS boolean
	LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pg_tenant_flag';
COMMENT ON FUNCTION tenant.flag(text) IS 'Whether a key of the configuration of the session''s tenant is true';

-- What was drawn counts as the revision, too, where another number was given at commit.
CREATE FUNCTION tenant.check_change(patch jsonb, present bigint, expected bigint) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF patch IS NULL OR jsonb_typeof(patch) <> 'object' THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'a change of a configuration must be a JSON object';
	END IF;
	IF expected <> present AND NOT EXISTS (SELECT FROM tenant.config_history h WHERE h.revision = present AND h.drawn = expected) THEN
		RAISE EXCEPTION USING ERRCODE = '40001', MESSAGE = format('the configuration is at revision %s, not %s', present, expected),
			HINT = 'Read the configuration again, and change it at the revision that was read.';
	END IF;
END
$$;
COMMENT ON FUNCTION tenant.check_change(jsonb, bigint, bigint) IS 'Raises 22023 unless a patch is an object, 40001 unless it is for the present revision';

-- Where nothing but the commit comes after the function, it settles its revision, so that the number that it returns is final.
CREATE FUNCTION tenant.settled_revision(function text, drawn bigint) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF NOT tenant.is_whole_statement(function) THEN
		RETURN drawn;
	END IF;
	-- In the order of a commit: the lock on revisions comes after those on events.
	SET CONSTRAINTS tenant.number_event IMMEDIATE;
	SET CONSTRAINTS tenant.begin_settling, tenant.settle_revision IMMEDIATE;
	RETURN (SELECT h.revision FROM tenant.config_history h
		WHERE h.revision >= settled_revision.drawn AND coalesce(h.drawn, h.revision) = settled_revision.drawn);
END
$$;
COMMENT ON FUNCTION tenant.settled_revision(text, bigint) IS 'The revision of the change that a function has made, final where nothing comes after it';

CREATE FUNCTION tenant.set_config(id text, patch jsonb, expected_revision bigint DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	changed tenant.tenants := tenant.lock_for_step(id, ARRAY['pending', 'active', 'suspended'], 'configure');
	merged jsonb := tenant.merge_patch(changed.config, patch);
BEGIN
	PERFORM tenant.check_change(patch, changed.revision, expected_revision);
	IF merged = changed.config THEN
		RETURN changed.revision;
	END IF;
	UPDATE tenant.tenants t SET config = merged, updated_at = now() WHERE t.tenant_id = changed.tenant_id RETURNING * INTO changed;
	PERFORM tenant.record_change(changed.tenant_id, 'configured',
		detail => jsonb_build_object('keys', ARRAY(SELECT jsonb_object_keys(patch))), private => jsonb_build_object('patch', patch));
	RETURN tenant.settled_revision('set_config', changed.revision);
END
$$;
COMMENT ON FUNCTION tenant.set_config(text, jsonb, bigint) IS 'Changes the configuration of a tenant by a JSON merge patch; its new revision';

CREATE FUNCTION tenant.set_layer(platform_id text, patch jsonb, expected_revision bigint, function text) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	layer tenant.config_layers;
	merged jsonb;
BEGIN
	INSERT INTO tenant.config_layers (platform_id) VALUES (set_layer.platform_id) ON CONFLICT DO NOTHING;
	SELECT * INTO layer FROM tenant.config_layers l WHERE l.platform_id = set_layer.platform_id FOR UPDATE;
	PERFORM tenant.check_change(patch, layer.revision, expected_revision);
	merged := tenant.merge_patch(layer.config, patch);
	IF merged = layer.config THEN
		RETURN layer.revision;
	END IF;
	UPDATE tenant.config_layers l SET config = merged, updated_at = now() WHERE l.platform_id = layer.platform_id
		RETURNING * INTO layer;
	PERFORM tenant.record_action(NULL, 'defaults_configured', NULL, jsonb_build_object('platform_id', nullif(layer.platform_id, ''), 'patch', patch));
	RETURN tenant.settled_revision(function, layer.revision);
END
$$;
COMMENT ON FUNCTION tenant.set_layer(text, jsonb, bigint, text) IS 'Changes what tenants are configured to by default';

CREATE FUNCTION tenant.set_platform_config(platform_id text, patch jsonb, expected_revision bigint DEFAULT NULL) RETURNS bigint
	LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS $$ SELECT tenant.set_layer(tenant.canonical_id(platform_id), patch, expected_revision, 'set_platform_config') $$;
COMMENT ON FUNCTION tenant.set_platform_config(text, jsonb, bigint) IS
	'Changes what the tenants of a platform are configured to by default; its new revision';

CREATE FUNCTION tenant.set_default_config(patch jsonb, expected_revision bigint DEFAULT NULL) RETURNS bigint
	LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS $$ SELECT tenant.set_layer('', patch, expected_revision, 'set_default_config') $$;
COMMENT ON FUNCTION tenant.set_default_config(jsonb, bigint) IS 'Changes what all tenants are configured to by default; its new revision';

CREATE FUNCTION tenant.effective_config(id text) RETURNS jsonb
	LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	canonical text := tenant.canonical_id(id);
	found_tenant tenant.tenants;
	layer jsonb;
	merged jsonb := '{}'::jsonb;
BEGIN
	SELECT * INTO found_tenant FROM tenant.tenants t WHERE t.tenant_id = canonical;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = 'TN002', MESSAGE = format('tenant "%s" is not registered', canonical),
			HINT = format('SELECT tenant.provision(%L);', canonical);
	END IF;
	FOR layer IN SELECT l.config FROM tenant.config_layers l WHERE l.platform_id IN ('', found_tenant.platform_id) ORDER BY l.platform_id LOOP
		merged := tenant.merge_patch(merged, layer);
	END LOOP;
	RETURN tenant.merge_patch(merged, found_tenant.config);
END
$$;
COMMENT ON FUNCTION tenant.effective_config(text) IS 'The configuration of a tenant with its defaults, as config() gives it to its sessions';

CREATE FUNCTION tenant.config_snapshot() RETURNS TABLE (revision bigint, tenant_id text, platform_id text, config jsonb)
	LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT latest.revision, own.*
	FROM (SELECT coalesce((SELECT max(h.revision) FROM tenant.config_history h), (SELECT z.revision FROM tenant.config_horizon z), 0)
			AS revision) latest,
		(SELECT NULL, NULL, coalesce((SELECT l.config FROM tenant.config_layers l WHERE l.platform_id = ''), '{}')
			UNION ALL SELECT NULL, l.platform_id, l.config FROM tenant.config_layers l WHERE l.platform_id <> ''
			UNION ALL SELECT t.tenant_id, t.platform_id, t.config FROM tenant.tenants t) own
$$;
COMMENT ON FUNCTION tenant.config_snapshot() IS 'Every configuration, and the revision from which on config_changes() tells of changes';

CREATE FUNCTION tenant.config_changes(since bigint)
	RETURNS TABLE (revision bigint, tenant_id text, platform_id text, config jsonb, changed_at timestamptz, changed_by text)
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	compacted bigint := coalesce((SELECT z.revision FROM tenant.config_horizon z), 0);
BEGIN
	IF since IS NULL OR since < 0 THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'revision must not be null or negative';
	END IF;
	IF since < compacted OR since > (SELECT last_value FROM tenant.config_revisions) THEN
		RAISE EXCEPTION USING ERRCODE = 'TN012', MESSAGE = format('the changes since revision %s are not known', since),
			DETAIL = CASE WHEN since < compacted THEN format('Revisions up to %s were compacted.', compacted)
				ELSE 'There has been no such revision here.' END,
			HINT = 'Read everything again: SELECT * FROM tenant.config_snapshot();';
	END IF;
	RETURN QUERY SELECT h.revision, h.tenant_id, h.platform_id, h.config, h.changed_at, h.changed_by
		FROM tenant.config_history h WHERE h.revision > since ORDER BY h.revision;
END
$$;
COMMENT ON FUNCTION tenant.config_changes(bigint) IS 'The changes of configurations after a revision, in their order; TN012 where they are not known any more';

CREATE FUNCTION tenant.compact_config(before bigint) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	removed bigint;
	last bigint;
BEGIN
	IF before IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'revision must not be null';
	END IF;
	WITH gone AS (
		DELETE FROM tenant.config_history h WHERE h.revision < before AND h.drawn IS DISTINCT FROM h.revision RETURNING h.revision)
	SELECT count(*), max(gone.revision) INTO removed, last FROM gone;
	INSERT INTO tenant.config_horizon AS z (revision) SELECT last WHERE removed > 0
		ON CONFLICT (is_only) DO UPDATE SET revision = greatest(z.revision, excluded.revision);
	IF removed > 0 THEN
		PERFORM tenant.record_action(NULL, 'config_compacted', NULL, jsonb_build_object('before', before, 'removed', removed));
	END IF;
	RETURN removed;
END
$$;
COMMENT ON FUNCTION tenant.compact_config(bigint) IS 'Forgets the changes of configurations before a revision; how many there were';
