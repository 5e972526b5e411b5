-- The end of a tenant's life. What is kept of it is outside the reach of a purge: no table here is protected.
CREATE TABLE tenant.purges (
	tenant_id text COLLATE "C",
	started_at timestamptz,
	name text,
	deleted_at timestamptz,
	started_by text NOT NULL,
	forced boolean NOT NULL,
	finished_at timestamptz,
	finished_by text,
	PRIMARY KEY (tenant_id, started_at)
);
COMMENT ON TABLE tenant.purges IS 'Which tenants were purged, when and by whom; not finished while a call has to go on with it';
SELECT pg_catalog.pg_extension_config_dump('tenant.purges', '');

CREATE TABLE tenant.purged_rows (
	tenant_id text COLLATE "C",
	started_at timestamptz,
	tbl text,
	rows bigint NOT NULL,
	PRIMARY KEY (tenant_id, started_at, tbl)
);
COMMENT ON TABLE tenant.purged_rows IS 'How many rows of each table the purges of tenants removed';
SELECT pg_catalog.pg_extension_config_dump('tenant.purged_rows', '');

CREATE FUNCTION tenant.mark_deleted(id text, step text, allowed text[], action text, reason text, detail jsonb DEFAULT '{}')
		RETURNS tenant.tenants
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	changed tenant.tenants := tenant.lock_for_step(id, allowed, step);
BEGIN
	UPDATE tenant.tenants t SET former_status = status, status = 'deleted', deleted_at = now(), updated_at = now()
		WHERE t.tenant_id = changed.tenant_id RETURNING * INTO changed;
	PERFORM tenant.record_change(changed.tenant_id, action, reason, detail);
	RETURN changed;
END
$$;
COMMENT ON FUNCTION tenant.mark_deleted(text, text, text[], text, text, jsonb) IS 'Deletes a tenant whose state allows it; its rows stay';

CREATE FUNCTION tenant.soft_delete(id text, reason text DEFAULT NULL) RETURNS tenant.tenants
	LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS $$ SELECT tenant.mark_deleted(id, 'delete', ARRAY['pending', 'active', 'suspended'], 'deleted', reason) $$;
COMMENT ON FUNCTION tenant.soft_delete(text, text) IS 'Makes a tenant vanish, from its next statement on, in every session; its rows stay';

CREATE FUNCTION tenant.unfinished_purge(id text) RETURNS timestamptz
	LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
	AS $$ SELECT started_at FROM tenant.purges p WHERE p.tenant_id = id AND finished_at IS NULL $$;
COMMENT ON FUNCTION tenant.unfinished_purge(text) IS 'When the purge of a tenant was begun that has not come to its end';

CREATE FUNCTION tenant.restore(id text, reason text DEFAULT NULL) RETURNS tenant.tenants
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	changed tenant.tenants := tenant.lock_for_step(id, ARRAY['deleted'], 'restore');
BEGIN
	IF tenant.unfinished_purge(changed.tenant_id) IS NOT NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'TN010', MESSAGE = format('cannot restore tenant "%s", whose purge has begun', changed.tenant_id),
			DETAIL = 'Rows of it are gone.', HINT = format('CALL tenant.purge(%L);', changed.tenant_id);
	END IF;
	UPDATE tenant.tenants t SET status = coalesce(former_status, 'suspended'), former_status = NULL, deleted_at = NULL, updated_at = now()
		WHERE t.tenant_id = changed.tenant_id RETURNING * INTO changed;
	PERFORM tenant.record_change(changed.tenant_id, 'restored', reason, jsonb_build_object('status', changed.status));
	RETURN changed;
END
$$;
COMMENT ON FUNCTION tenant.restore(text, text) IS 'Gives a deleted tenant back the state that it was deleted in';

-- The parts of a purge that write the registry. Nobody is granted them: tenant.purge() calls them as the registry's owner.
CREATE FUNCTION tenant.begin_purge(id text, force boolean, caller text) RETURNS timestamptz
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_tenant tenant.tenants := tenant.lock_for_step(id, ARRAY['deleted'], 'purge');
	begun timestamptz := tenant.unfinished_purge(found_tenant.tenant_id);
	grace interval := current_setting('pg_tenant.purge_grace')::interval;
	is_early boolean := coalesce(found_tenant.deleted_at, found_tenant.updated_at) + grace > now();
BEGIN
	IF begun IS NOT NULL THEN
		RETURN begun;
	END IF;
	IF is_early AND NOT force THEN
		RAISE EXCEPTION USING ERRCODE = 'TN010', MESSAGE = format('cannot purge tenant "%s" yet', found_tenant.tenant_id),
			DETAIL = format('It was deleted at %s, and "pg_tenant.purge_grace" is %s.', found_tenant.deleted_at, grace),
			HINT = format('CALL tenant.purge(%L, force => true);', found_tenant.tenant_id);
	END IF;
	INSERT INTO tenant.purges (tenant_id, started_at, name, deleted_at, started_by, forced)
		VALUES (found_tenant.tenant_id, clock_timestamp(), found_tenant.name, found_tenant.deleted_at, caller,
			is_early) RETURNING started_at INTO begun;
	PERFORM tenant.record_change(found_tenant.tenant_id, 'purge_started', NULL, jsonb_build_object('forced', is_early));
	RETURN begun;
END
$$;
COMMENT ON FUNCTION tenant.begin_purge(text, boolean, text) IS 'Begins to purge a deleted tenant, or goes on with it; since when';

CREATE FUNCTION tenant.note_purged(id text, tbl oid, removed bigint) RETURNS void
	LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
	INSERT INTO tenant.purged_rows AS p VALUES (id, tenant.unfinished_purge(id), tbl::regclass::text, removed)
		ON CONFLICT (tenant_id, started_at, tbl) DO UPDATE SET rows = p.rows + excluded.rows
$$;
COMMENT ON FUNCTION tenant.note_purged(text, oid, bigint) IS 'Counts rows that the purge of a tenant removed';

CREATE FUNCTION tenant.finish_purge(id text, caller text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	kept text;
BEGIN
	PERFORM tenant.lock_for_step(id, ARRAY['deleted'], 'purge');
	PERFORM tenant.record_change(id, 'purged');
	DELETE FROM tenant.tenant_resources r WHERE r.tenant_id = id;
	DELETE FROM tenant.provision_keys k WHERE k.tenant_id = id;
	DELETE FROM tenant.company_tenants c WHERE c.tenant_id = id;
	DELETE FROM tenant.alert_states s WHERE s.tenant_id = id;
	DELETE FROM tenant.alert_readings r WHERE r.tenant_id = id;
	-- A role without any grant may use every tenant: the last one binds it still, to a tenant that there is no more.
	DELETE FROM tenant.role_grants g WHERE g.tenant_id = id
		AND EXISTS (SELECT FROM tenant.role_grants o WHERE o.role = g.role AND o.tenant_id <> id);
	SELECT string_agg(g.role::text, ', ' ORDER BY g.role::text COLLATE "C") INTO kept FROM tenant.role_grants g
		JOIN pg_roles r ON r.oid = g.role WHERE g.tenant_id = id;
	IF kept IS NOT NULL THEN
		RAISE WARNING USING MESSAGE = format('roles stay bound to tenant "%s": %s', id, kept),
			DETAIL = 'Without any grant they could use every tenant.';
	END IF;
	UPDATE tenant.purges p SET finished_at = clock_timestamp(), finished_by = caller WHERE p.tenant_id = id AND finished_at IS NULL;
	DELETE FROM tenant.tenants t WHERE t.tenant_id = id;
END
$$;
COMMENT ON FUNCTION tenant.finish_purge(text, text) IS 'Removes what the registry has of a tenant without rows';

CREATE PROCEDURE tenant.purge(id text, force boolean DEFAULT false, dry_run boolean DEFAULT false)
	LANGUAGE c AS 'MODULE_PATHNAME', 'pg_tenant_purge';
COMMENT ON PROCEDURE tenant.purge(text, boolean, boolean) IS
	'Removes every row of a deleted tenant, and then the tenant; or only counts them';
