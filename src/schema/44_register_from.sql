-- A table of companies that the database has of its own: its rows are tenants, kept in step by triggers.
CREATE TABLE tenant.company_tables (
	relation regclass PRIMARY KEY,
	id_column name NOT NULL,
	name_column name,
	status_column name,
	statuses jsonb
);
COMMENT ON TABLE tenant.company_tables IS 'Tables whose rows are tenants, declared by tenant.register_from()';
SELECT pg_catalog.pg_extension_config_dump('tenant.company_tables', '');

-- Which tenants are those: a row's end is the end of no other tenant.
CREATE TABLE tenant.company_tenants (
	tenant_id text COLLATE "C" PRIMARY KEY,
	relation regclass NOT NULL
);
CREATE INDEX ON tenant.company_tenants (relation);
COMMENT ON TABLE tenant.company_tenants IS 'Tenants that are rows of a table of companies';
SELECT pg_catalog.pg_extension_config_dump('tenant.company_tenants', '');

CREATE TYPE tenant.company AS (id text, name text, status text);
COMMENT ON TYPE tenant.company IS 'What a row of a table of companies says of its tenant';

-- Values as text by their type's output function: a cast may be anybody's, and would run with the rights of our owner.
CREATE FUNCTION tenant.company_of(declared tenant.company_tables, row_of_table anyelement) RETURNS SETOF tenant.company
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT concat(($1).%1$I), CASE WHEN $2 AND ($1).%2$I IS NOT NULL THEN concat(($1).%2$I) END,'
		' CASE WHEN $3 AND ($1).%3$I IS NOT NULL THEN concat(($1).%3$I) END', declared.id_column,
		coalesce(declared.name_column, declared.id_column), coalesce(declared.status_column, declared.id_column))
		USING row_of_table, declared.name_column IS NOT NULL, declared.status_column IS NOT NULL;
END
$$;
COMMENT ON FUNCTION tenant.company_of(tenant.company_tables, anyelement) IS 'What one row of a table of companies says';

CREATE FUNCTION tenant.companies_of(declared tenant.company_tables) RETURNS SETOF tenant.company
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT concat(x.%1$I), CASE WHEN $1 AND x.%2$I IS NOT NULL THEN concat(x.%2$I) END,'
		' CASE WHEN $2 AND x.%3$I IS NOT NULL THEN concat(x.%3$I) END FROM ONLY %4$s x', declared.id_column,
		coalesce(declared.name_column, declared.id_column), coalesce(declared.status_column, declared.id_column), declared.relation)
		USING declared.name_column IS NOT NULL, declared.status_column IS NOT NULL;
END
$$;
COMMENT ON FUNCTION tenant.companies_of(tenant.company_tables) IS 'The rows of a table of companies';

CREATE FUNCTION tenant.mapped_status(statuses jsonb, status text) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	mapped text := CASE WHEN statuses IS NULL THEN status ELSE statuses ->> status END;
BEGIN
	IF mapped IS NULL OR mapped NOT IN ('pending', 'active', 'suspended', 'deleted') THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = format('status "%s" of a company is no state of a tenant', status),
			HINT = 'Map it in the argument statuses of tenant.register_from().';
	END IF;
	RETURN mapped;
END
$$;
COMMENT ON FUNCTION tenant.mapped_status(jsonb, text) IS 'The state of a tenant that a company''s status stands for';

-- By as many steps as it takes; NULL: no more than that it is not deleted.
CREATE FUNCTION tenant.move_to(id text, target text, reason text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	state text := (SELECT t.status FROM tenant.tenants t WHERE t.tenant_id = id);
BEGIN
	IF target = 'pending' AND state = 'deleted' THEN
		state := (tenant.restore(id, reason)).status;
	END IF;
	IF target = 'pending' AND state IN ('active', 'suspended') THEN
		RAISE EXCEPTION USING ERRCODE = 'TN010', MESSAGE = format('cannot make tenant "%s" pending, which is %s', id, state);
	END IF;
	WHILE state <> coalesce(target, 'active') AND (target IS NOT NULL OR state = 'deleted') LOOP
		state := CASE WHEN state = 'deleted' THEN (tenant.restore(id, reason)).status
			WHEN target = 'deleted' THEN (tenant.soft_delete(id, reason)).status
			WHEN target = 'suspended' AND state = 'active' THEN (tenant.suspend(id, reason)).status
			WHEN state = 'suspended' AND target = 'active' THEN (tenant.resume(id, reason)).status
			ELSE (tenant.activate(id, reason)).status END;
	END LOOP;
END
$$;
COMMENT ON FUNCTION tenant.move_to(text, text, text) IS 'Takes a tenant to a state';

CREATE FUNCTION tenant.check_company(id text, name text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM tenant.check_provision(name, '{}', true);
	RETURN tenant.canonical_id(id);
END
$$;
COMMENT ON FUNCTION tenant.check_company(text, text) IS 'A company''s id in canonical form; 22023 unless it and the name may be a tenant''s';

-- A row of the table is there, or has changed; `moves`: its status has.
CREATE FUNCTION tenant.follow_company(declared tenant.company_tables, company tenant.company, is_new boolean, moves boolean) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	id CONSTANT text := tenant.check_company(company.id, company.name);
	target CONSTANT text := CASE WHEN declared.status_column IS NOT NULL THEN tenant.mapped_status(declared.statuses, company.status) END;
	reason CONSTANT text := format('a row of %s', declared.relation);
	present tenant.tenants;
BEGIN
	SELECT * INTO present FROM tenant.tenants t WHERE t.tenant_id = id FOR UPDATE;
	IF NOT FOUND THEN
		-- Both wait for another transaction that registers it now.
		INSERT INTO tenant.company_tenants VALUES (id, declared.relation) ON CONFLICT DO NOTHING;
		IF FOUND AND tenant.make_companies(declared, ARRAY[company]) = ARRAY[id] THEN
			RETURN;
		END IF;
	END IF;
	IF present.tenant_id IS NULL OR NOT EXISTS (SELECT FROM tenant.company_tenants c WHERE c.tenant_id = id AND c.relation = declared.relation)
			OR is_new AND present.status <> 'deleted' THEN
		RAISE EXCEPTION USING ERRCODE = '23505',
			MESSAGE = format('tenant "%s" is registered already, and not by this row of %s', id, declared.relation);
	END IF;
	IF declared.name_column IS NOT NULL AND present.name IS DISTINCT FROM company.name THEN
		UPDATE tenant.tenants t SET name = company.name, updated_at = now() WHERE t.tenant_id = id;
		PERFORM tenant.record_change(id, 'renamed', reason, jsonb_strip_nulls(jsonb_build_object('name', company.name)));
	END IF;
	IF is_new OR moves AND target IS NOT NULL THEN
		PERFORM tenant.move_to(id, target, reason);
	END IF;
END
$$;
COMMENT ON FUNCTION tenant.follow_company(tenant.company_tables, tenant.company, boolean, boolean) IS 'Brings a tenant into step with its row of a table of companies';

-- Those that are registered already are left as they are. Returns the ids of the others.
CREATE FUNCTION tenant.make_companies(declared tenant.company_tables, companies tenant.company[]) RETURNS text[]
	LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
	WITH made AS (
		INSERT INTO tenant.tenants AS t (tenant_id, name, status, activated_at, suspended_at, deleted_at, former_status)
		SELECT tenant.canonical_id(c.id), c.name, s.status, CASE WHEN s.status <> 'pending' THEN now() END, CASE WHEN s.status = 'suspended' THEN now() END,
			CASE WHEN s.status = 'deleted' THEN now() END, CASE WHEN s.status = 'deleted' THEN 'active' END
		FROM unnest(companies) c CROSS JOIN LATERAL (SELECT CASE WHEN declared.status_column IS NULL THEN 'active'
			ELSE tenant.mapped_status(declared.statuses, c.status) END AS status) s
		ON CONFLICT DO NOTHING RETURNING t.tenant_id, t.name, t.status)
	SELECT coalesce(array_agg(r.tenant_id), '{}') FROM (SELECT m.tenant_id, tenant.record_change(m.tenant_id, 'provisioned', format('a row of %s', declared.relation),
		jsonb_strip_nulls(jsonb_build_object('name', m.name, 'status', m.status))) FROM made m) r
$$;
COMMENT ON FUNCTION tenant.make_companies(tenant.company_tables, tenant.company[]) IS 'Registers companies as tenants';

-- Of rows that came while triggers were off nothing is sure.
CREATE FUNCTION tenant.id_of_row(id text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
	AS $$ SELECT CASE WHEN id ~* '^(\{([0-9a-f]{4}-?){7}[0-9a-f]{4}\}|([0-9a-f]{4}-?){7}[0-9a-f]{4})$' THEN id::uuid::text ELSE id END $$;
COMMENT ON FUNCTION tenant.id_of_row(text) IS 'A UUID in canonical form, anything else as it is';

-- Rows of the table are gone: this one, or all.
CREATE FUNCTION tenant.delete_companies(tbl regclass, id text) RETURNS void
	LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT tenant.soft_delete(c.tenant_id, format('a row of %s', tbl)) FROM tenant.company_tenants c
	JOIN tenant.tenants t ON t.tenant_id = c.tenant_id
	WHERE c.relation = tbl AND t.status <> 'deleted' AND (id IS NULL OR c.tenant_id = tenant.id_of_row(id))
$$;
COMMENT ON FUNCTION tenant.delete_companies(regclass, text) IS 'Deletes the tenants of rows that are gone';

-- Whoever may write the table need not be tenant_admin. Nobody may make a trigger that calls it, and it follows declared tables alone.
CREATE FUNCTION tenant.follow_companies() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	declared tenant.company_tables;
	former tenant.company;
	present tenant.company;
BEGIN
	SELECT * INTO declared FROM tenant.company_tables c WHERE c.relation = TG_RELID;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('%s was not declared by tenant.register_from()', TG_RELID::regclass);
	END IF;
	IF TG_OP = 'TRUNCATE' THEN
		PERFORM tenant.delete_companies(TG_RELID, NULL);
		RETURN NULL;
	END IF;
	IF TG_OP <> 'INSERT' THEN
		SELECT * INTO former FROM tenant.company_of(declared, OLD);
	END IF;
	IF TG_OP <> 'DELETE' THEN
		SELECT * INTO present FROM tenant.company_of(declared, NEW);
	END IF;
	IF TG_OP = 'DELETE' THEN
		PERFORM tenant.delete_companies(TG_RELID, former.id);
	ELSIF TG_OP = 'INSERT' THEN
		PERFORM tenant.follow_company(declared, present, true, true);
	ELSIF present IS DISTINCT FROM former THEN
		IF present.id <> former.id THEN
			RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = format('column "%s" names a tenant, whose id never changes', declared.id_column),
				HINT = 'Insert a new row instead.';
		END IF;
		PERFORM tenant.follow_company(declared, present, false, present.status IS DISTINCT FROM former.status);
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION tenant.follow_companies() IS 'Keeps tenants in step with the rows of a table of companies';

-- Raises unless the table can be followed.
CREATE FUNCTION tenant.check_company_table(declared tenant.company_tables) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	tbl CONSTANT regclass := declared.relation;
	missing name;
BEGIN
	IF NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = tbl AND c.relkind = 'r' AND c.relpersistence = 'p' AND c.oid >= 16384
				AND c.relnamespace <> 'tenant'::regnamespace)
			OR EXISTS (SELECT FROM pg_inherits i WHERE tbl IN (i.inhrelid, i.inhparent)) OR (tenant.protection_of(tbl)).tenant_column IS NOT NULL THEN
		RAISE EXCEPTION USING ERRCODE = '42809', MESSAGE = format('rows of %s cannot be tenants', tbl),
			DETAIL = 'It has to be an ordinary table without parts, that is not protected itself.';
	END IF;
	IF NOT EXISTS (SELECT FROM pg_attribute a JOIN pg_index i ON i.indrelid = a.attrelid AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum
			WHERE a.attrelid = tbl AND a.attname = declared.id_column AND a.attnotnull AND tenant.typed_function(a.atttypid) IS NOT NULL
				AND i.indisunique AND i.indimmediate AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL) THEN
		RAISE EXCEPTION USING ERRCODE = '55000', MESSAGE = format('column "%s" of %s does not name each row', declared.id_column, tbl),
			DETAIL = 'It has to be NOT NULL, have a unique key of its own, and the type uuid, text, varchar, bigint or integer.';
	END IF;
	SELECT wanted INTO missing FROM unnest(ARRAY[declared.name_column, declared.status_column]) wanted WHERE wanted IS NOT NULL
		AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = tbl AND a.attname = wanted AND a.attnum > 0) LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '42703', MESSAGE = format('column "%s" of %s does not exist', missing, tbl);
	END IF;
	IF declared.statuses IS NOT NULL AND (declared.status_column IS NULL OR jsonb_typeof(declared.statuses) <> 'object' OR jsonb_path_exists(declared.statuses,
			'strict $.* ? (@ != "pending" && @ != "active" && @ != "suspended" && @ != "deleted" || @.type() != "string")')) THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'invalid statuses of companies',
			DETAIL = 'They are a JSON object: for each value of the status column "pending", "active", "suspended" or "deleted".';
	END IF;
	IF EXISTS (SELECT FROM tenant.company_tables c WHERE c.relation = tbl) THEN
		RAISE EXCEPTION USING ERRCODE = '42710', MESSAGE = format('rows of %s are tenants already', tbl),
			HINT = format('SELECT tenant.unregister_from(%L);', tbl);
	END IF;
END
$$;
COMMENT ON FUNCTION tenant.check_company_table(tenant.company_tables) IS 'Raises an error unless rows of the table may be tenants';

CREATE FUNCTION tenant.register_from(tbl regclass, id_column name, name_column name DEFAULT NULL, status_column name DEFAULT NULL,
		statuses jsonb DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	declared CONSTANT tenant.company_tables := ROW(tbl, id_column, name_column, status_column, statuses);
	companies tenant.company[];
	made text[];
	present tenant.company;
BEGIN
	PERFORM tenant.require_owner(tbl);
	EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', tbl);
	PERFORM tenant.check_company_table(declared);
	INSERT INTO tenant.company_tables SELECT declared.*;
	companies := ARRAY(SELECT c FROM tenant.companies_of(declared) c);
	BEGIN
		INSERT INTO tenant.company_tenants SELECT tenant.check_company(c.id, c.name), tbl FROM unnest(companies) c;
	EXCEPTION WHEN unique_violation THEN
		RAISE EXCEPTION USING ERRCODE = '23505', MESSAGE = format('two rows of %s are one tenant, or a row of another table is it already', tbl);
	END;
	-- Made at once, those that are registered already are taken over: also those that others registered until now.
	made := tenant.make_companies(declared, companies);
	FOR present IN SELECT c.* FROM unnest(companies) c LEFT JOIN unnest(made) m (id) ON m.id = tenant.canonical_id(c.id) WHERE m.id IS NULL LOOP
		PERFORM tenant.follow_company(declared, present, false, true);
	END LOOP;
	EXECUTE format('CREATE TRIGGER tenant_follow AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION tenant.follow_companies()', tbl);
	EXECUTE format('CREATE TRIGGER tenant_follow_truncate AFTER TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION tenant.follow_companies()', tbl);
	PERFORM tenant.record_action(NULL, 'companies_registered', NULL, jsonb_build_object('table', tbl, 'rows', cardinality(companies)));
	RETURN cardinality(companies)::bigint;
END
$$;
COMMENT ON FUNCTION tenant.register_from(regclass, name, name, name, jsonb) IS 'Makes each row of a table a tenant, from now on; how many they are';

CREATE FUNCTION tenant.unregister_from(tbl regclass) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM tenant.require_owner(tbl);
	EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', tbl);
	DELETE FROM tenant.company_tables c WHERE c.relation = tbl;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '42704', MESSAGE = format('rows of %s are no tenants', tbl);
	END IF;
	DELETE FROM tenant.company_tenants c WHERE c.relation = tbl;
	EXECUTE format('DROP TRIGGER IF EXISTS tenant_follow ON %s', tbl);
	EXECUTE format('DROP TRIGGER IF EXISTS tenant_follow_truncate ON %s', tbl);
	PERFORM tenant.record_action(NULL, 'companies_unregistered', NULL, jsonb_build_object('table', tbl));
END
$$;
COMMENT ON FUNCTION tenant.unregister_from(regclass) IS 'Leaves the tenants that rows of a table are as they are, from now on';
