-- Domains: each belongs to one tenant that is not deleted.
CREATE FUNCTION tenant.canonical_domain(domain text, may_have_star boolean DEFAULT false) RETURNS text
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pg_tenant_canonical_domain';
COMMENT ON FUNCTION tenant.canonical_domain(text, boolean) IS 'A domain in the spelling that is stored and compared; 22023 if it is none';

CREATE FUNCTION tenant.canonical_domains(domains text[]) RETURNS text[]
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF domains IS NULL OR array_ndims(domains) > 1 OR array_position(domains, NULL) IS NOT NULL THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'domains must be a list without nulls';
	END IF;
	RETURN ARRAY(SELECT d.domain FROM (SELECT tenant.canonical_domain(given, true) AS domain, min(place) AS place
		FROM unnest(domains) WITH ORDINALITY list (given, place) GROUP BY 1) d ORDER BY d.place);
END
$$;
COMMENT ON FUNCTION tenant.canonical_domains(text[]) IS 'Domains of a tenant as they are stored, each once';

-- What tenant.tenants lists, but of deleted tenants. Made from it by triggers, also when a dump is restored: it is not
-- dumped itself.
CREATE TABLE tenant.tenant_domains (
	domain text COLLATE "C" PRIMARY KEY,
	tenant_id text COLLATE "C" NOT NULL
);
CREATE INDEX ON tenant.tenant_domains (tenant_id);
COMMENT ON TABLE tenant.tenant_domains IS 'Whose a domain is; kept in step with tenant.tenants';

CREATE FUNCTION tenant.keep_domains() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	listed text[] := ARRAY[]::text[];
	taken text;
BEGIN
	IF TG_OP = 'TRUNCATE' THEN
		DELETE FROM tenant.tenant_domains;
		RETURN NULL;
	END IF;
	IF TG_OP <> 'DELETE' AND NEW.status <> 'deleted' THEN
		listed := NEW.domains;
	END IF;
	IF TG_OP <> 'INSERT' THEN
		DELETE FROM tenant.tenant_domains d WHERE d.tenant_id = OLD.tenant_id AND d.domain <> ALL (listed);
	END IF;
	IF cardinality(listed) = 0 THEN
		RETURN NULL;
	END IF;
	-- In one order everywhere: two sessions that want the same domains do not wait for each other.
	INSERT INTO tenant.tenant_domains SELECT d, NEW.tenant_id FROM unnest(listed) d ORDER BY d COLLATE "C" ON CONFLICT DO NOTHING;
	SELECT min(d) INTO taken FROM unnest(listed) d
		WHERE NOT EXISTS (SELECT FROM tenant.tenant_domains o WHERE o.domain = d AND o.tenant_id = NEW.tenant_id);
	IF taken IS NOT NULL THEN
		RAISE EXCEPTION USING ERRCODE = '23505', MESSAGE = format('domain "%s" belongs to another tenant', taken);
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION tenant.keep_domains() IS 'Keeps tenant.tenant_domains in step with tenant.tenants';

CREATE TRIGGER keep_domains_insert AFTER INSERT ON tenant.tenants FOR EACH ROW
	WHEN (NEW.domains OPERATOR(pg_catalog.<>) '{}') EXECUTE FUNCTION tenant.keep_domains();
CREATE TRIGGER keep_domains_update AFTER UPDATE ON tenant.tenants FOR EACH ROW
	WHEN (OLD.domains OPERATOR(pg_catalog.<>) NEW.domains OR OLD.status OPERATOR(pg_catalog.<>) NEW.status
		OR OLD.tenant_id OPERATOR(pg_catalog.<>) NEW.tenant_id) EXECUTE FUNCTION tenant.keep_domains();
CREATE TRIGGER keep_domains_delete AFTER DELETE ON tenant.tenants FOR EACH ROW
	WHEN (OLD.domains OPERATOR(pg_catalog.<>) '{}') EXECUTE FUNCTION tenant.keep_domains();
CREATE TRIGGER keep_domains_truncate AFTER TRUNCATE ON tenant.tenants
	FOR EACH STATEMENT EXECUTE FUNCTION tenant.keep_domains();
ALTER TABLE tenant.tenants ENABLE ALWAYS TRIGGER keep_domains_insert;
ALTER TABLE tenant.tenants ENABLE ALWAYS TRIGGER keep_domains_update;
ALTER TABLE tenant.tenants ENABLE ALWAYS TRIGGER keep_domains_delete;
ALTER TABLE tenant.tenants ENABLE ALWAYS TRIGGER keep_domains_truncate;

CREATE FUNCTION tenant.set_domains(id text, domains text[]) RETURNS tenant.tenants
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	listed CONSTANT text[] := tenant.canonical_domains(set_domains.domains);
	changed tenant.tenants := tenant.lock_for_step(id, ARRAY['pending', 'active', 'suspended', 'deleted'], 'change the domains of');
BEGIN
	UPDATE tenant.tenants t SET domains = listed, updated_at = now() WHERE t.tenant_id = changed.tenant_id RETURNING * INTO changed;
	PERFORM tenant.record_change(changed.tenant_id, 'domains_changed', NULL, jsonb_build_object('domains', listed));
	RETURN changed;
END
$$;
COMMENT ON FUNCTION tenant.set_domains(text, text[]) IS 'Gives a tenant these domains, and no others';

-- The names under which a domain may be registered, the nearest first.
CREATE FUNCTION tenant.domain_patterns(domain text) RETURNS text[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT domain || ARRAY(SELECT '*.' || array_to_string(labels[n:], '.') FROM generate_series(2, cardinality(labels)) n ORDER BY n)
	FROM string_to_array(domain, '.') labels
$$;
COMMENT ON FUNCTION tenant.domain_patterns(text) IS 'A domain, and the wildcards that have it';

CREATE FUNCTION tenant.id_for_domain(domain text) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	patterns CONSTANT text[] := tenant.domain_patterns(tenant.canonical_domain(domain));
	found_id text;
BEGIN
	SELECT d.tenant_id INTO found_id FROM tenant.tenant_domains d WHERE d.domain = ANY (patterns)
		ORDER BY array_position(patterns, d.domain) LIMIT 1;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = 'TN002', MESSAGE = format('no tenant has domain "%s"', patterns[1]);
	END IF;
	RETURN found_id;
END
$$;
COMMENT ON FUNCTION tenant.id_for_domain(text) IS 'The tenant that a domain belongs to; TN002 if there is none';

CREATE FUNCTION tenant.set_from_domain(domain text, is_local boolean DEFAULT true) RETURNS text
	LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
	AS $$ SELECT tenant.set(tenant.id_for_domain(domain), is_local) $$;
COMMENT ON FUNCTION tenant.set_from_domain(text, boolean) IS 'Sets the tenant that a domain belongs to, and checks it at once';
