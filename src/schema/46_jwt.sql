-- Signed contexts: keys that tokens are verified with, for superusers alone. The library reads the columns by
-- their position (src/sqlapi/jwt.cpp).
CREATE TABLE tenant.jwt_keys (
	key_id text COLLATE "C" PRIMARY KEY,
	algorithm text NOT NULL,
	key text NOT NULL,
	issuer text,
	audience text,
	tenant_claim text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);
COMMENT ON TABLE tenant.jwt_keys IS 'Keys that verify tokens; for superusers';
-- A secret in a dump would let its reader sign.
SELECT pg_catalog.pg_extension_config_dump('tenant.jwt_keys', 'WHERE algorithm OPERATOR(pg_catalog.<>) ''HS256''');

CREATE FUNCTION tenant.check_jwt_key(algorithm text, key text) RETURNS void
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pg_tenant_check_jwt_key';
COMMENT ON FUNCTION tenant.check_jwt_key(text, text) IS 'Raises 22023 unless the algorithm can use the key';

CREATE FUNCTION tenant.add_jwt_key(key_id text, algorithm text, key text, issuer text DEFAULT NULL, audience text DEFAULT NULL,
		tenant_claim text DEFAULT 'tenant_id') RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF tenant.is_valid_name(key_id) IS NOT TRUE OR tenant.is_valid_name(tenant_claim) IS NOT TRUE THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'invalid id or tenant claim of a key',
			DETAIL = 'Both are 1 to 256 characters, without control characters and without a space at their ends.';
	END IF;
	PERFORM tenant.check_jwt_key(algorithm, key);
	INSERT INTO tenant.jwt_keys VALUES (add_jwt_key.key_id, algorithm, key, issuer, audience, tenant_claim) ON CONFLICT DO NOTHING;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '23505', MESSAGE = format('there is a key "%s" already', key_id);
	END IF;
	-- Never the key.
	PERFORM tenant.record_action(NULL, 'jwt_key_added', NULL, jsonb_strip_nulls(jsonb_build_object('key_id', key_id, 'algorithm', algorithm,
		'issuer', issuer, 'audience', audience, 'tenant_claim', tenant_claim)));
END
$$;
COMMENT ON FUNCTION tenant.add_jwt_key(text, text, text, text, text, text) IS 'Accepts tokens that are signed with a key';

CREATE FUNCTION tenant.remove_jwt_key(key_id text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	DELETE FROM tenant.jwt_keys k WHERE k.key_id = remove_jwt_key.key_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '42704', MESSAGE = 'there is no such key';
	END IF;
	PERFORM tenant.record_action(NULL, 'jwt_key_removed', NULL, jsonb_build_object('key_id', key_id));
END
$$;
COMMENT ON FUNCTION tenant.remove_jwt_key(text) IS 'Accepts no more tokens that are signed with a key';

CREATE FUNCTION tenant.set_from_jwt(token text, is_local boolean DEFAULT true) RETURNS text
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_set_from_jwt';
COMMENT ON FUNCTION tenant.set_from_jwt(text, boolean) IS 'Sets the tenant that a signed token names, and seals the transaction or the session to it';
