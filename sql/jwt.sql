-- Signed contexts, by HS256: what is accepted, what is refused and how. Public keys are in test/tap/021_jwt.pl.
\set SHOW_CONTEXT never
\set ann '11111111-1111-1111-1111-111111111111'
\set bob '22222222-2222-2222-2222-222222222222'
CREATE EXTENSION pgcrypto;
CREATE FUNCTION fx.base64url(bytes bytea) RETURNS text LANGUAGE sql IMMUTABLE
	AS $$SELECT translate(rtrim(replace(encode(bytes, 'base64'), E'\n', ''), '='), '+/', '-_')$$;
CREATE FUNCTION fx.token(payload text, header text DEFAULT '{"alg":"HS256","kid":"k1"}',
		secret text DEFAULT '0123456789abcdef0123456789abcdef') RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT parts || '.' || fx.base64url(hmac(parts::bytea, secret::bytea, 'sha256'))
	FROM (SELECT fx.base64url(convert_to(header, 'UTF8')) || '.' || fx.base64url(convert_to(payload, 'UTF8'))) p (parts)$$;
-- The claims of a good token, with others over them.
CREATE FUNCTION fx.claims(more text DEFAULT '') RETURNS text LANGUAGE sql
	AS $$SELECT format('{"tenant_id":"11111111-1111-1111-1111-111111111111","exp":%s%s}', extract(epoch FROM clock_timestamp())::bigint + 300, more)$$;
-- What a token answers in a transaction of its own.
CREATE FUNCTION fx.try(token text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	answer text;
BEGIN
	BEGIN
		answer := tenant.set_from_jwt(token);
		RAISE EXCEPTION USING ERRCODE = 'ZZ000';
	EXCEPTION WHEN SQLSTATE 'ZZ000' THEN
		RETURN answer;
	WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
		RETURN concat_ws(' ', SQLSTATE, SQLERRM, '/', detail);
	END;
END
$$;
-- Keys.
SELECT tenant.add_jwt_key('k1', 'HS256', '0123456789abcdef0123456789abcde');
SELECT tenant.add_jwt_key('k1', 'none', '0123456789abcdef0123456789abcdef');
SELECT tenant.add_jwt_key('k1', 'RS256', '0123456789abcdef0123456789abcdef');
SELECT tenant.add_jwt_key('k1', NULL, '0123456789abcdef0123456789abcdef');
SELECT tenant.add_jwt_key('k1', 'HS256', E'-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----');
SELECT tenant.add_jwt_key('k1', 'HS256', NULL);
SELECT tenant.add_jwt_key('', 'HS256', '0123456789abcdef0123456789abcdef');
SELECT tenant.add_jwt_key('k1', 'HS256', '0123456789abcdef0123456789abcdef', tenant_claim => NULL);
SELECT tenant.add_jwt_key('k1', 'HS256', '0123456789abcdef0123456789abcdef');
SELECT tenant.add_jwt_key('k1', 'HS256', '0123456789abcdef0123456789abcdef');
SELECT tenant.add_jwt_key('strict', 'HS256', '0123456789abcdef0123456789abcdef', 'https://issuer', 'shop', 'org');
SELECT tenant.remove_jwt_key('k2');
SET SESSION AUTHORIZATION fx_owner;
SELECT tenant.add_jwt_key('k3', 'HS256', '0123456789abcdef0123456789abcdef');
SELECT tenant.remove_jwt_key('k1');
SELECT * FROM tenant.jwt_keys;
SET SESSION AUTHORIZATION fx_app;
SELECT * FROM tenant.jwt_keys;
SELECT fx.try(fx.token(fx.claims()));
SELECT fx.try(fx.token(fx.claims(), '{"kid":"k1","typ":"JWT","alg":"HS256"}'));
-- Malformed.
SELECT fx.try(token) FROM unnest(ARRAY[NULL, '', 'a', 'a.b', '..', 'a.b.c.d', fx.token(fx.claims()) || '.', fx.token(fx.claims()) || '=',
	fx.token(fx.claims()) || 'A', ' ' || fx.token(fx.claims()), fx.token(fx.claims()) || E'\n', repeat('a', 9000)]) token;
SELECT header, fx.try(fx.token(fx.claims(), header)) FROM unnest(ARRAY['', '[]', '"HS256"', 'null', '{', '{"alg":"HS256"}', '{"kid":"k1"}',
	'{"alg":"HS256","kid":7}', '{"alg":["HS256"],"kid":"k1"}', '{"alg":"HS256","kid":"k1","alg":"HS256"}',
	'{"alg":"HS256","kid":"k1","\u0061lg":"none"}', '{"alg":"HS256","kid":"k1"} {}', '{"alg":"HS256","kid":"k\u00001"}']) header;
SELECT fx.try(fx.base64url(convert_to('{"alg":"HS256","kid":"k1"}', 'UTF8') || '\x00') || '.e30.e30');
SELECT fx.try(fx.base64url('\x7b22616c67223a22ff227d') || '.e30.e30');
SELECT fx.try(fx.base64url(convert_to(repeat('[', 6000), 'UTF8')) || '.e30.e30');
-- Not signed as the key says.
SELECT header, fx.try(fx.token(fx.claims(), header)) FROM unnest(ARRAY['{"alg":"none","kid":"k1"}', '{"alg":"None","kid":"k1"}',
	'{"alg":"hs256","kid":"k1"}', '{"alg":"HS512","kid":"k1"}', '{"alg":"RS256","kid":"k1"}', '{"alg":"HS256","kid":"K1"}',
	'{"alg":"HS256","kid":"k1'' OR true"}', '{"alg":"HS256","kid":""}', '{"alg":"HS256","kid":"k1","crit":["exp"]}']) header;
SELECT fx.try(fx.token(fx.claims(), secret => '0123456789abcdef0123456789abcdeF'));
SELECT fx.try(fx.token(fx.claims(), secret => ''));
SELECT fx.try(split_part(t, '.', 1) || '.' || split_part(t, '.', 2) || '.') FROM fx.token(fx.claims()) t;
SELECT fx.try(split_part(t, '.', 1) || '.' || fx.base64url(convert_to(fx.claims(',"admin":true'), 'UTF8')) || '.' || split_part(t, '.', 3))
	FROM fx.token(fx.claims()) t;
-- Claims.
SELECT claims, fx.try(fx.token(claims)) FROM unnest(ARRAY['{}', '[]', '{"tenant_id":"acme"}', '{"tenant_id":"acme","exp":"99999999999"}',
	'{"tenant_id":"acme","exp":1}', '{"tenant_id":"acme","exp":99999999999,"nbf":99999999999}', '{"tenant_id":"acme","exp":99999999999,"iat":99999999999}',
	'{"tenant_id":"acme","exp":99999999999,"nbf":true}', '{"tenant_id":"acme","exp":1e400}', '{"tenant_id":7,"exp":99999999999}',
	'{"exp":99999999999}', '{"tenant_id":" acme","exp":99999999999}', '{"tenant_id":"acme","exp":99999999999,"tenant_id":"zeta"}',
	'{"tenant_id":"unknown","exp":99999999999}', '{"tenant_id":"33333333-3333-3333-3333-333333333333","exp":99999999999}',
	'{"tenant_id":"acme","exp":-1e400}', '{"tenant_id":"acme","exp":99999999999,"nbf":1,"iat":1,"aud":"anybody","iss":"anybody"}']) claims;
SELECT claims, fx.try(fx.token(claims, '{"alg":"HS256","kid":"strict"}')) FROM unnest(ARRAY[
	'{"org":"acme","exp":99999999999,"iss":"https://issuer","aud":"shop"}', '{"org":"acme","exp":99999999999,"iss":"https://issuer","aud":["x","shop"]}',
	'{"org":"acme","exp":99999999999,"iss":"https://issuer","aud":["x"]}', '{"org":"acme","exp":99999999999,"iss":"https://issuer","aud":[]}',
	'{"org":"acme","exp":99999999999,"iss":"https://issuer","aud":{"shop":"shop"}}', '{"org":"acme","exp":99999999999,"iss":"https://issuer"}',
	'{"org":"acme","exp":99999999999,"iss":"https://issuer/","aud":"shop"}', '{"org":"acme","exp":99999999999,"aud":"shop"}',
	'{"tenant_id":"acme","exp":99999999999,"iss":"https://issuer","aud":"shop"}']) claims;
-- What one transaction was sealed to by the first, the others do not change.
SELECT fx.try(fx.token(claims)) FROM unnest(ARRAY['{"tenant_id":"acme","exp":99999999999}', '{"tenant_id":"zeta","exp":99999999999}']) claims;
-- It seals the transaction, or the session.
BEGIN;
SELECT tenant.set_from_jwt(fx.token(fx.claims()));
SELECT string_agg(name, ',') FROM fx.customers;
SELECT fx.try(fx.token('{"tenant_id":"acme","exp":99999999999}'));
SAVEPOINT s;
SET LOCAL app.tenant_id = :'bob';
SELECT name FROM fx.customers;
ROLLBACK TO s;
SELECT tenant.set(:'bob');
ROLLBACK;
SELECT tenant.current_id() IS NULL AS none;
SELECT tenant.set_from_jwt(fx.token(fx.claims()), false) AS seal \gset
SELECT tenant.current_id(), length(:'seal');
SELECT tenant.set_from_jwt(fx.token(fx.claims()), false);
SELECT tenant.set_from_jwt(fx.token(fx.claims()));
SET app.tenant_id = :'bob';
SELECT name FROM fx.customers;
SELECT tenant.unseal(:'seal');
RESET app.tenant_id;
-- Where a signature is required.
SET pg_tenant.require_signed = off;
RESET SESSION AUTHORIZATION;
ALTER ROLE fx_app SET pg_tenant.require_signed = on;
SET pg_tenant.require_signed = on;
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'ann';
SELECT name FROM fx.customers;
COPY fx.customers TO STDOUT;
RESET app.tenant_id;
SELECT name FROM fx.customers;
BEGIN;
SET LOCAL app.tenant_id = :'ann';
SELECT tenant.seal();
SELECT name FROM fx.customers;
ROLLBACK;
BEGIN;
SELECT tenant.set_from_jwt(fx.token(fx.claims()));
SELECT string_agg(name, ',') FROM fx.customers;
DECLARE held CURSOR WITH HOLD FOR SELECT name FROM fx.customers;
COMMIT;
SET app.tenant_id = :'ann';
SELECT name FROM fx.customers;
FETCH held;
BEGIN;
SET LOCAL app.tenant_id = :'ann';
SELECT tenant.seal();
SELECT tenant.set_from_jwt(fx.token(fx.claims()));
FETCH held;
COMMIT;
CLOSE held;
RESET app.tenant_id;
RESET SESSION AUTHORIZATION;
SET row_security = off;
SELECT count(*) FROM fx.customers;
SET pg_tenant.require_signed = off;
SELECT count(*) FROM fx.customers;
RESET row_security;
RESET pg_tenant.require_signed;
ALTER ROLE fx_app RESET pg_tenant.require_signed;
-- A key that is gone verifies nothing.
SELECT tenant.remove_jwt_key('k1'), tenant.remove_jwt_key('strict');
SELECT fx.try(fx.token(fx.claims()));
DROP FUNCTION fx.base64url(bytea), fx.token(text, text, text), fx.claims(text), fx.try(text);
DROP EXTENSION pgcrypto;
