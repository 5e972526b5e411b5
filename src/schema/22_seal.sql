-- The seal: one tenant until the transaction or the session ends.
CREATE FUNCTION tenant.seal(session boolean DEFAULT false) RETURNS text
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_seal';
COMMENT ON FUNCTION tenant.seal(boolean) IS 'Holds the transaction to its tenant, or the session: then the result is the token that lifts it';

CREATE FUNCTION tenant.unseal(token text) RETURNS boolean
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_unseal';
COMMENT ON FUNCTION tenant.unseal(text) IS 'Lifts the seal of the session that gave this token';
