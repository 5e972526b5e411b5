-- Limits of tenants (src/limits): their circuit breakers. What they are is configuration (src/schema/52).
CREATE FUNCTION tenant.open_breaker(id text) RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_open_breaker';
COMMENT ON FUNCTION tenant.open_breaker(text) IS 'Refuses a tenant''s statements until close_breaker()';

CREATE FUNCTION tenant.close_breaker(id text) RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_close_breaker';
COMMENT ON FUNCTION tenant.close_breaker(text) IS 'Closes a tenant''s circuit breaker, whoever or whatever opened it';

CREATE FUNCTION tenant.breaker_states(OUT tenant_id text, OUT state text, OUT by_hand boolean, OUT requests bigint, OUT failures bigint,
		OUT retry_at timestamptz)
	RETURNS SETOF record
	LANGUAGE c VOLATILE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pg_tenant_breaker_states';
COMMENT ON FUNCTION tenant.breaker_states() IS 'What the view breakers shows';

CREATE VIEW tenant.breakers AS SELECT * FROM tenant.breaker_states();
COMMENT ON VIEW tenant.breakers IS 'The circuit breakers of the tenants of this database that are limited and have been at work';
