-- What may be configured. A key is a path into the configuration, its members separated by dots.
CREATE TABLE tenant.config_definitions (
	key text COLLATE "C" PRIMARY KEY,
	type text NOT NULL,
	minimum numeric,
	maximum numeric,
	enum jsonb,
	pattern text
);
COMMENT ON TABLE tenant.config_definitions IS 'Which values the keys of configurations may have';
SELECT pg_catalog.pg_extension_config_dump('tenant.config_definitions', '');

CREATE FUNCTION tenant.config_fits(definition tenant.config_definitions, value jsonb) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE jsonb_typeof(value)
		WHEN 'number' THEN (definition.type = 'number' OR definition.type = 'integer' AND value::numeric = trunc(value::numeric))
			AND value::numeric BETWEEN coalesce(definition.minimum, '-infinity') AND coalesce(definition.maximum, 'infinity')
		WHEN 'string' THEN definition.type = 'string' AND (definition.pattern IS NULL OR value #>> '{}' ~ definition.pattern)
		ELSE jsonb_typeof(value) = definition.type END
		AND (definition.enum IS NULL OR value IN (SELECT jsonb_array_elements(definition.enum)))
$$;
COMMENT ON FUNCTION tenant.config_fits(tenant.config_definitions, jsonb) IS 'Whether a key may have the value';

-- A member may also be named as the whole key is. Where the path leads through something that is no object, the key has a wrong
-- value, too.
CREATE FUNCTION tenant.config_agrees(definition tenant.config_definitions, config jsonb) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	WITH path AS (SELECT string_to_array(definition.key, '.') AS parts)
	SELECT NOT EXISTS (SELECT FROM unnest(ARRAY[config -> definition.key, config #> path.parts]) AS found (value)
			WHERE found.value IS NOT NULL AND NOT tenant.config_fits(definition, found.value))
		AND NOT EXISTS (SELECT FROM generate_series(1, cardinality(path.parts) - 1) AS depth
			WHERE jsonb_typeof(config #> path.parts[:depth]) <> 'object')
	FROM path
$$;
COMMENT ON FUNCTION tenant.config_agrees(tenant.config_definitions, jsonb) IS 'Whether a configuration has no wrong value of a key';

CREATE FUNCTION tenant.describe_config(definition tenant.config_definitions) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT concat_ws(', ', 'of type ' || definition.type, 'at least ' || definition.minimum, 'at most ' || definition.maximum,
		'one of ' || definition.enum::text, 'matching ' || definition.pattern)
$$;
COMMENT ON FUNCTION tenant.describe_config(tenant.config_definitions) IS 'What values a key may have, in words';

-- What the library reads (src/limits). These hold beside those that are defined, and are no rows: a dump would bring them twice.
CREATE FUNCTION tenant.limit_definitions() RETURNS SETOF tenant.config_definitions
	LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	VALUES ('limits', 'object', NULL::numeric, NULL::numeric, NULL::jsonb, NULL),
		('limits.statements_per_second', 'number', 0, 1000000, NULL, NULL),
		('limits.burst', 'number', 0, 1000000, NULL, NULL),
		('limits.per_role', 'object', NULL, NULL, NULL, NULL),
		('limits.per_client_address', 'object', NULL, NULL, NULL, NULL),
		('limits.per_application', 'object', NULL, NULL, NULL, NULL),
		('limits.concurrent_statements', 'integer', 0, 1000000, NULL, NULL),
		('limits.parallel_workers', 'integer', -1, 1024, NULL, NULL),
		('limits.sessions', 'integer', 0, 1000000, NULL, NULL),
		('limits.rows_per_result', 'integer', 0, 1000000000000, NULL, NULL),
		('limits.rows_per_table', 'integer', 0, 1000000000000, NULL, NULL),
		('limits.bytes', 'string', NULL, NULL, NULL, '^[0-9]{1,9} ?(B|kB|MB|GB|TB)$'),
		('limits.breaker', 'object', NULL, NULL, NULL, NULL),
		('limits.breaker.max_requests', 'integer', 1, 1000000, NULL, NULL),
		('limits.breaker.ratio', 'number', 0, 1, NULL, NULL),
		('limits.breaker.minimum', 'integer', 1, 1000000, NULL, NULL)
	UNION ALL SELECT 'limits.' || memory, 'string', NULL, NULL, NULL, '^[0-9]{1,9} ?(kB|MB|GB|TB)$'
	FROM unnest(ARRAY['work_mem', 'maintenance_work_mem']) AS memory
	UNION ALL SELECT 'limits.' || source || '.' || number, 'number', 0, 1000000, NULL, NULL
	FROM unnest(ARRAY['per_role', 'per_client_address', 'per_application']) AS source, unnest(ARRAY['statements_per_second', 'burst']) AS number
	UNION ALL SELECT 'limits.' || time, 'string', NULL, NULL, NULL, '^[0-9]{1,9} ?(ms|s|min|h|d)$'
	FROM unnest(ARRAY['concurrent_wait', 'statement_timeout', 'idle_in_transaction_timeout', 'breaker.interval', 'breaker.timeout']) AS time
$$;
COMMENT ON FUNCTION tenant.limit_definitions() IS 'Which values the keys of configurations may have that limit tenants';

CREATE FUNCTION tenant.unknown_config_keys(config jsonb, prefix text DEFAULT '') RETURNS SETOF text
	LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	member record;
BEGIN
	FOR member IN SELECT prefix || m.key AS key, m.value FROM jsonb_each(config) m LOOP
		-- What is in one of the library's objects has to be known, too.
		CONTINUE WHEN EXISTS (SELECT FROM tenant.config_definitions d WHERE d.key = member.key)
			OR EXISTS (SELECT FROM tenant.limit_definitions() d WHERE d.key = member.key AND d.type <> 'object');
		IF jsonb_typeof(member.value) = 'object'
			AND EXISTS (SELECT FROM (SELECT key FROM tenant.limit_definitions() UNION ALL SELECT key FROM tenant.config_definitions) d
				WHERE starts_with(d.key, member.key || '.')) THEN
			RETURN QUERY SELECT tenant.unknown_config_keys(member.value, member.key || '.');
		ELSE
			RETURN NEXT member.key;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION tenant.unknown_config_keys(jsonb, text) IS 'Keys of a configuration that are not defined';

CREATE FUNCTION tenant.check_config(config jsonb, former jsonb DEFAULT '{}') RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	definition tenant.config_definitions;
	unknown text;
BEGIN
	IF config IS NULL OR jsonb_typeof(config) <> 'object' THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'configuration must be a JSON object';
	END IF;
	PERFORM FROM tenant.config_lock FOR SHARE;
	FOR definition IN SELECT * FROM (SELECT * FROM tenant.limit_definitions() UNION ALL SELECT * FROM tenant.config_definitions) d
		ORDER BY d.key LOOP
		IF NOT tenant.config_agrees(definition, config) THEN
			RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = format('invalid value of configuration key "%s"', definition.key),
				DETAIL = format('It must be %s.', tenant.describe_config(definition));
		END IF;
	END LOOP;
	-- Before the library is loaded, the setting is unknown, or a placeholder that anybody may set.
	PERFORM tenant.library();
	IF current_setting('pg_tenant.unknown_config_keys') = 'refuse' THEN
		SELECT key INTO unknown FROM (SELECT tenant.unknown_config_keys(config) EXCEPT SELECT tenant.unknown_config_keys(former)) AS new (key)
			ORDER BY key COLLATE "C" LIMIT 1;
		IF FOUND THEN
			RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = format('configuration key "%s" is not defined', unknown),
				HINT = format('SELECT tenant.define_config(%L, ...);', unknown);
		END IF;
	END IF;
END
$$;
COMMENT ON FUNCTION tenant.check_config(jsonb, jsonb) IS 'Raises 22023 unless a configuration may be what it is; keys that were unknown before may stay';

CREATE FUNCTION tenant.check_definition(definition tenant.config_definitions) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	fault text;
BEGIN
	BEGIN
		PERFORM '' ~ definition.pattern;
	EXCEPTION WHEN invalid_regular_expression THEN
		fault := SQLERRM;
	END;
	IF fault IS NOT NULL THEN
		NULL;
	ELSIF tenant.is_valid_name(definition.key) IS NOT TRUE OR '' = ANY (string_to_array(definition.key, '.')) THEN
		fault := 'A key is 1 to 256 characters, names separated by dots.';
	ELSIF definition.type IS NULL OR definition.type <> ALL (ARRAY['boolean', 'integer', 'number', 'string', 'array', 'object']) THEN
		fault := 'The type is one of boolean, integer, number, string, array, object.';
	ELSIF coalesce(definition.minimum, definition.maximum) IS NOT NULL AND definition.type NOT IN ('integer', 'number') THEN
		fault := 'Only numbers have a minimum or a maximum.';
	ELSIF definition.minimum > definition.maximum THEN
		fault := 'The minimum is above the maximum.';
	ELSIF definition.pattern IS NOT NULL AND definition.type <> 'string' THEN
		fault := 'Only strings have a pattern.';
	ELSIF jsonb_typeof(definition.enum) <> 'array' THEN
		fault := 'The values of an enumeration are a JSON array.';
	ELSIF NOT EXISTS (SELECT FROM jsonb_array_elements(coalesce(definition.enum, '[null]')) AS listed (value)
			WHERE definition.enum IS NULL OR tenant.config_fits(definition, listed.value)) THEN
		fault := 'No value of the enumeration is one that the key may have.';
	END IF;
	IF fault IS NOT NULL THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'invalid definition of a configuration key', DETAIL = fault;
	END IF;
END
$$;
COMMENT ON FUNCTION tenant.check_definition(tenant.config_definitions) IS 'Raises 22023 unless a definition makes sense';

CREATE FUNCTION tenant.define_config(key text, type text, minimum numeric DEFAULT NULL, maximum numeric DEFAULT NULL,
		enum jsonb DEFAULT NULL, pattern text DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	definition tenant.config_definitions := ROW (define_config.key, define_config.type, define_config.minimum, define_config.maximum,
		define_config.enum, define_config.pattern);
	others text[];
BEGIN
	IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
		RAISE EXCEPTION USING ERRCODE = '25001', MESSAGE = 'define_config() must be called in a READ COMMITTED transaction',
			DETAIL = 'Another would not see every configuration.';
	END IF;
	PERFORM tenant.check_definition(definition);
	-- From now on nothing is checked against the former definitions.
	UPDATE tenant.config_lock SET definitions = definitions + 1;
	SELECT array_agg(found.owner ORDER BY found.owner COLLATE "C") INTO others FROM (
		SELECT format('tenant "%s"', t.tenant_id) AS owner FROM tenant.tenants t WHERE NOT tenant.config_agrees(definition, t.config)
		UNION ALL SELECT CASE l.platform_id WHEN '' THEN 'all tenants' ELSE format('platform "%s"', l.platform_id) END
		FROM tenant.config_layers l WHERE NOT tenant.config_agrees(definition, l.config)) found;
	IF others IS NOT NULL THEN
		RAISE EXCEPTION USING ERRCODE = '22023',
			MESSAGE = format('%s configurations have another value of key "%s"', cardinality(others), definition.key),
			DETAIL = format('Those of %s%s.', array_to_string(others[:5], ', '), CASE WHEN cardinality(others) > 5 THEN ', ...' ELSE '' END),
			HINT = format('It must be %s.', tenant.describe_config(definition));
	END IF;
	INSERT INTO tenant.config_definitions SELECT definition.* ON CONFLICT (key) DO UPDATE SET type = excluded.type,
		minimum = excluded.minimum, maximum = excluded.maximum, enum = excluded.enum, pattern = excluded.pattern;
	PERFORM tenant.record_action(NULL, 'config_defined', NULL, jsonb_strip_nulls(to_jsonb(definition)));
END
$$;
COMMENT ON FUNCTION tenant.define_config(text, text, numeric, numeric, jsonb, text) IS 'Says which values a key of configurations may have';

CREATE FUNCTION tenant.undefine_config(key text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	DELETE FROM tenant.config_definitions d WHERE d.key = undefine_config.key;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '42704', MESSAGE = format('configuration key "%s" is not defined', key);
	END IF;
	PERFORM tenant.record_action(NULL, 'config_undefined', NULL, jsonb_build_object('key', key));
END
$$;
COMMENT ON FUNCTION tenant.undefine_config(text) IS 'Lets a key of configurations have any value';
