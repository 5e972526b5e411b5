-- The trusted list as users see it: what is on it, what superusers add and take away, and when that ends.
\set SHOW_CONTEXT never
CREATE SCHEMA tr;
CREATE VIEW tr.own AS SELECT function, operator, why, condition FROM tenant.trusted_operators WHERE function::text LIKE 'tr.%';
SELECT operator, condition FROM tenant.trusted_operators
	WHERE operator IN ('~~(text,text)', '~~*(text,text)', '~(text,text)', '&&(anyarray,anyarray)', '&&(anyrange,anyrange)', '@@(jsonb,jsonpath)',
		'=(numeric,numeric)') ORDER BY operator::text;
-- Nothing that raises, by its kind.
SELECT DISTINCT function FROM tenant.trusted_operators
	WHERE function::text ~ '^(numeric_(add|sub|mul|div|mod)|int|float|record|to_|json_|substring|ts_match_t)' OR why IS NULL OR why = '';
-- Leakproof functions need no entry.
SELECT DISTINCT function FROM tenant.trusted_operators JOIN pg_proc ON oid = function WHERE proleakproof;
CREATE FUNCTION tr.is_even(integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog AS 'BEGIN RETURN $1 & 1 = 0; END';
CREATE FUNCTION tr.in_sql(integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 & 1 = 0';
CREATE FUNCTION tr.in_plpgsql(integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET work_mem = '1MB' AS 'BEGIN RETURN $1 & 1 = 0; END';
CREATE PROCEDURE tr.work() LANGUAGE plpgsql AS 'BEGIN END';
CREATE OPERATOR tr.%% (FUNCTION = tr.is_even, RIGHTARG = integer);
SELECT tenant.trust('tr.is_even(integer)', 'looks at one bit');
TABLE tr.own;
-- It is trusted as it was.
CREATE OR REPLACE FUNCTION tr.is_even(integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog AS 'BEGIN RETURN 1 / $1 = 0; END';
TABLE tr.own;
CREATE OR REPLACE FUNCTION tr.is_even(integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog AS 'BEGIN RETURN $1 & 1 = 0; END';
SELECT count(*) FROM tr.own;
-- Also where its body is not kept as text.
CREATE FUNCTION tr.parsed(integer) RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = pg_catalog BEGIN ATOMIC SELECT $1 & 1 = 0; END;
SELECT tenant.trust('tr.parsed(integer)', 'looks at one bit');
SELECT function FROM tenant.trusted_operators WHERE function = 'tr.parsed(integer)'::regprocedure;
CREATE OR REPLACE FUNCTION tr.parsed(integer) RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = pg_catalog BEGIN ATOMIC SELECT 1 / $1 = 0; END;
SELECT function FROM tenant.trusted_operators WHERE function = 'tr.parsed(integer)'::regprocedure;
DELETE FROM tenant.operator_trust WHERE function = 'tr.parsed(integer)';
ALTER FUNCTION tr.is_even(integer) SET search_path = pg_temp;
SELECT count(*) FROM tr.own;
ALTER FUNCTION tr.is_even(integer) SET search_path = pg_catalog;
ALTER FUNCTION tr.is_even(integer) SECURITY DEFINER;
SELECT count(*) FROM tr.own;
ALTER FUNCTION tr.is_even(integer) SECURITY INVOKER;
ALTER FUNCTION tr.is_even(integer) RENAME TO is_odd;
SELECT count(*) FROM tr.own;
ALTER FUNCTION tr.is_odd(integer) RENAME TO is_even;
SELECT count(*) FROM tr.own;
-- A reason is required, and a function that can be trusted.
SELECT tenant.trust('tr.is_even(integer)', '');
SELECT tenant.trust('tr.is_even(integer)', E' \t\n');
SELECT tenant.trust('tr.is_even(integer)', NULL);
SELECT tenant.trust(NULL, 'x');
SELECT tenant.trust(1::oid, 'x');
SELECT tenant.trust('tr.in_sql(integer)', 'x');
SELECT tenant.trust('tr.in_plpgsql(integer)', 'x');
SELECT tenant.trust('tr.work()', 'x');
SELECT tenant.trust('sum(integer)', 'x');
SELECT tenant.distrust(1::oid);
SELECT tenant.definition_of(1);
SELECT why FROM tr.own;
-- Another reason replaces the first.
SELECT tenant.trust('tr.is_even(integer)', 'odd or even');
SELECT why FROM tr.own;
SELECT tenant.distrust('tr.is_even(integer)');
TABLE tr.own;
SELECT tenant.trust('tr.is_even(integer)', 'after all');
SELECT why FROM tr.own;
BEGIN;
SELECT tenant.distrust('tr.is_even(integer)');
SELECT count(*) FROM tr.own;
ROLLBACK;
SELECT count(*) FROM tr.own;
DROP FUNCTION tr.is_even(integer) CASCADE;
TABLE tr.own;
-- What is on the list is taken out with all that run the same code, and put back as it was.
SELECT tenant.distrust('textlike(text,text)');
SELECT function, condition FROM tenant.trusted_operators WHERE operator IN ('~~(text,text)', '~~(character,text)', '~~(name,text)');
SELECT tenant.trust('textlike(text,text)', 'put back');
SELECT function, why, condition FROM tenant.trusted_operators WHERE operator IN ('~~(text,text)', '~~(character,text)');
TABLE tenant.operator_trust;
DELETE FROM tenant.operator_trust;
-- An extension's functions, wherever they are; a function that was put into the extension is not one.
CREATE SCHEMA tr_ext;
CREATE EXTENSION pg_trgm SCHEMA tr_ext;
SELECT count(*) > 0 FROM tenant.trusted_operators WHERE function = 'tr_ext.similarity_op(text,text)'::regprocedure;
SELECT tenant.distrust('tr_ext.similarity_op(text,text)');
ALTER EXTENSION pg_trgm SET SCHEMA tr;
SELECT count(*) > 0 FROM tenant.trusted_operators WHERE function = 'tr.similarity_op(text,text)'::regprocedure;
CREATE FUNCTION tr_ext.similarity(text, text) RETURNS real LANGUAGE plpgsql AS 'BEGIN RAISE NOTICE ''%'', $1; RETURN 1; END';
ALTER EXTENSION pg_trgm ADD FUNCTION tr_ext.similarity(text, text);
SELECT count(*) > 0 FROM tenant.trusted_operators WHERE function = 'tr_ext.similarity(text,text)'::regprocedure;
CREATE FUNCTION tr_ext.of_others(text, text) RETURNS boolean LANGUAGE c STRICT AS '$libdir/../lib/pg_trgm', 'similarity_dist';
ALTER EXTENSION pg_trgm ADD FUNCTION tr_ext.of_others(text, text);
SELECT count(*) > 0 FROM tenant.trusted_operators WHERE function = 'tr_ext.of_others(text,text)'::regprocedure;
CREATE FUNCTION tr_ext.textlike(text, text) RETURNS boolean LANGUAGE internal STRICT IMMUTABLE AS 'textregexeq';
ALTER EXTENSION pg_trgm ADD FUNCTION tr_ext.textlike(text, text);
SELECT count(*) > 0 FROM tenant.trusted_operators WHERE function = 'tr_ext.textlike(text,text)'::regprocedure;
SET client_min_messages = warning;
DROP EXTENSION pg_trgm;
DELETE FROM tenant.operator_trust;
DROP SCHEMA tr, tr_ext CASCADE;
