-- Functions that superusers trust to meet rows of every tenant, or do not trust though the library does. The
-- signature is text: pg_upgrade refuses tables with columns of type regprocedure. The library reads the columns
-- by their position (src/planning/trust_decisions.cpp).
CREATE TABLE tenant.operator_trust (
	function text COLLATE "C" PRIMARY KEY,
	is_trusted boolean NOT NULL,
	definition text NOT NULL,
	reason text NOT NULL
);
COMMENT ON TABLE tenant.operator_trust IS 'Functions that are trusted, or not, by tenant.trust() and tenant.distrust()';
SELECT pg_catalog.pg_extension_config_dump('tenant.operator_trust', '');

CREATE FUNCTION tenant.announce_trust() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'pg_tenant_announce_table';
COMMENT ON FUNCTION tenant.announce_trust() IS 'Voids what sessions know of functions that are trusted';

CREATE TRIGGER announce_trust AFTER INSERT OR UPDATE OR DELETE ON tenant.operator_trust
	FOR EACH ROW EXECUTE FUNCTION tenant.announce_trust();
CREATE TRIGGER announce_truncate AFTER TRUNCATE ON tenant.operator_trust
	FOR EACH STATEMENT EXECUTE FUNCTION tenant.announce_trust();
ALTER TABLE tenant.operator_trust ENABLE ALWAYS TRIGGER announce_trust;
ALTER TABLE tenant.operator_trust ENABLE ALWAYS TRIGGER announce_truncate;

CREATE FUNCTION tenant.listed_functions(OUT function regprocedure, OUT why text, OUT condition text) RETURNS SETOF record
	LANGUAGE c STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'pg_tenant_listed_functions';
COMMENT ON FUNCTION tenant.listed_functions() IS 'Functions on the library''s list that nobody distrusted';

CREATE FUNCTION tenant.definition_of(function oid) RETURNS text
	LANGUAGE c STABLE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'pg_tenant_definition_of';
COMMENT ON FUNCTION tenant.definition_of(oid) IS 'What a function does, as far as replacing or altering it changes that';

CREATE VIEW tenant.trusted_operators AS
	SELECT t.function, o.oid::pg_catalog.regoperator AS operator, t.why, t.condition
	FROM (SELECT l.function, l.why, l.condition FROM tenant.listed_functions() l
		UNION ALL
		SELECT p.oid, d.reason, NULL FROM tenant.operator_trust d
		JOIN pg_catalog.pg_proc p ON d.function OPERATOR(pg_catalog.=)
			(SELECT identity FROM pg_catalog.pg_identify_object('pg_catalog.pg_proc'::pg_catalog.regclass, p.oid, 0))
		WHERE d.is_trusted AND tenant.definition_of(p.oid) OPERATOR(pg_catalog.=) d.definition) t
	LEFT JOIN pg_catalog.pg_operator o ON o.oprcode::oid OPERATOR(pg_catalog.=) t.function::oid;
COMMENT ON VIEW tenant.trusted_operators IS 'Functions, and their operators, that may meet rows of every tenant though they are not leakproof';

CREATE FUNCTION tenant.signature_of(function regprocedure) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	kind "char";
BEGIN
	SELECT p.prokind INTO kind FROM pg_proc p WHERE p.oid = signature_of.function;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '42883', MESSAGE = 'there is no such function';
	END IF;
	IF kind <> 'f' THEN
		RAISE EXCEPTION USING ERRCODE = '42809', MESSAGE = format('%s is not a function', signature_of.function);
	END IF;
	RETURN (SELECT identity FROM pg_identify_object('pg_proc'::regclass, signature_of.function, 0));
END
$$;
COMMENT ON FUNCTION tenant.signature_of(regprocedure) IS 'The signature of a function that a condition may call';

CREATE FUNCTION tenant.trust(function regprocedure, reason text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	signature CONSTANT text := tenant.signature_of(trust.function);
	now_is CONSTANT text := tenant.definition_of(trust.function);
BEGIN
	IF trust.reason !~ '\S' IS NOT FALSE THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'a reason is required',
			DETAIL = 'The function may meet rows of every tenant: it is to be known why it can tell nothing of them.';
	END IF;
	-- Else whoever writes the condition chooses what it calls, and the planner takes SQL apart.
	IF EXISTS (SELECT FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
			WHERE p.oid = trust.function AND l.lanname NOT IN ('c', 'internal')
				AND NOT EXISTS (SELECT FROM unnest(p.proconfig) c WHERE c LIKE 'search\_path=%')) THEN
		RAISE EXCEPTION USING ERRCODE = '42P17', MESSAGE = format('function %s has no search_path of its own', trust.function),
			DETAIL = 'What it calls would be looked up along the path of whoever writes the condition.',
			HINT = format('ALTER FUNCTION %s SET search_path = pg_catalog, pg_temp;', trust.function);
	END IF;
	DELETE FROM tenant.operator_trust d
		WHERE d.function = signature OR (NOT d.is_trusted AND d.definition = now_is);
	IF NOT EXISTS (SELECT FROM tenant.listed_functions() l WHERE l.function = trust.function) THEN
		INSERT INTO tenant.operator_trust VALUES (signature, true, now_is, trust.reason);
	END IF;
	PERFORM tenant.record_action(NULL, 'function_trusted', trust.reason, jsonb_build_object('function', signature));
END
$$;
COMMENT ON FUNCTION tenant.trust(regprocedure, text) IS 'Lets a function meet rows of every tenant, as long as it is what it is now';

CREATE FUNCTION tenant.distrust(function regprocedure) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO tenant.operator_trust
		VALUES (tenant.signature_of(distrust.function), false, tenant.definition_of(distrust.function), '')
		ON CONFLICT ON CONSTRAINT operator_trust_pkey DO UPDATE SET is_trusted = false, definition = EXCLUDED.definition, reason = '';
	PERFORM tenant.record_action(NULL, 'function_distrusted', NULL, jsonb_build_object('function', tenant.signature_of(distrust.function)));
END
$$;
COMMENT ON FUNCTION tenant.distrust(regprocedure) IS 'Keeps a function behind the tenant''s filter though it is on the list';
