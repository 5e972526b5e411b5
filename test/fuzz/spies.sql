-- What both kinds of database have: functions and operators that raise the value they see, if it is a neighbour's. They call each other by their full
-- names: from PostgreSQL 17 on an index is made with an empty search path.
CREATE EXTENSION pg_trgm;
CREATE EXTENSION citext;
CREATE EXTENSION hstore;
CREATE EXTENSION ltree;
GRANT CREATE, USAGE ON SCHEMA public TO PUBLIC;
SET SESSION AUTHORIZATION fuzz_owner;
CREATE TYPE colour AS ENUM ('low', 'mid', 'high');
CREATE TABLE plain AS SELECT g AS id, g % 4 AS parent, g AS amount, 'p' || g % 3 AS word FROM generate_series(1, 6) g;

-- Blind while indexes are made. Neighbours' texts have a zq, or are their ids; their numbers are 0, negative or very large.
CREATE FUNCTION spy(word text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 0.0000001 AS
	$$BEGIN IF word ~ '(zq|^2222|^3333)' AND current_setting('fuzz.blind', true) IS NULL THEN RAISE EXCEPTION 'saw %', word; END IF; RETURN word IS NULL OR length(word) % 3 > 0; END$$;
CREATE FUNCTION spy(amount numeric) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 0.0000001 AS
	$$BEGIN IF amount <= 0 OR amount > 100000 THEN RAISE EXCEPTION 'saw zq %', left(amount::text, 40); END IF; RETURN amount IS NULL OR amount > 4; END$$;
CREATE FUNCTION later_spy(word text) RETURNS boolean LANGUAGE plpgsql VOLATILE COST 0.0000001 AS 'BEGIN RETURN public.spy(word); END';
CREATE FUNCTION strict_spy(word text) RETURNS boolean LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE COST 0.0000001 AS 'BEGIN RETURN public.spy(word); END';
CREATE FUNCTION inlined_spy(word text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT public.spy(word)';
CREATE FUNCTION rows_of(word text) RETURNS SETOF text LANGUAGE plpgsql STABLE ROWS 2 AS
	$$BEGIN PERFORM public.spy(word); RETURN NEXT word; RETURN NEXT 'and ' || word; END$$;
CREATE DOMAIN told AS text CHECK (spy(VALUE) OR true);

CREATE FUNCTION spy_less(a text, b text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 0.0000001 AS
	'BEGIN PERFORM public.spy(a), public.spy(b); RETURN a < b; END';
CREATE FUNCTION spy_at_most(a text, b text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 0.0000001 AS
	'BEGIN PERFORM public.spy(a), public.spy(b); RETURN a <= b; END';
CREATE FUNCTION spy_equal(a text, b text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 0.0000001 AS
	'BEGIN PERFORM public.spy(a), public.spy(b); RETURN a = b; END';
CREATE FUNCTION spy_at_least(a text, b text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 0.0000001 AS
	'BEGIN PERFORM public.spy(a), public.spy(b); RETURN a >= b; END';
CREATE FUNCTION spy_more(a text, b text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 0.0000001 AS
	'BEGIN PERFORM public.spy(a), public.spy(b); RETURN a > b; END';
CREATE FUNCTION spy_compare(a text, b text) RETURNS int LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 0.0000001 AS
	'BEGIN PERFORM public.spy(a), public.spy(b); RETURN bttextcmp(a, b); END';
CREATE FUNCTION spy_hash(a text) RETURNS int LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 0.0000001 AS
	'BEGIN PERFORM public.spy(a); RETURN hashtext(a); END';
CREATE OPERATOR <<< (FUNCTION = spy_less, LEFTARG = text, RIGHTARG = text, COMMUTATOR = >>>, RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
CREATE OPERATOR <<= (FUNCTION = spy_at_most, LEFTARG = text, RIGHTARG = text, COMMUTATOR = >>=, RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
CREATE OPERATOR === (FUNCTION = spy_equal, LEFTARG = text, RIGHTARG = text, COMMUTATOR = ===, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
CREATE OPERATOR >>= (FUNCTION = spy_at_least, LEFTARG = text, RIGHTARG = text, COMMUTATOR = <<=, RESTRICT = scalargesel, JOIN = scalargejoinsel);
CREATE OPERATOR >>> (FUNCTION = spy_more, LEFTARG = text, RIGHTARG = text, COMMUTATOR = <<<, RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
CREATE FUNCTION spy_next(so_far boolean, word text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS
	'BEGIN RETURN public.spy(word) AND so_far; END';
CREATE AGGREGATE tell(text) (SFUNC = spy_next, STYPE = boolean, INITCOND = 'true');
RESET SESSION AUTHORIZATION;
CREATE OPERATOR CLASS spying FOR TYPE text USING btree AS
	OPERATOR 1 <<<, OPERATOR 2 <<=, OPERATOR 3 ===, OPERATOR 4 >>=, OPERATOR 5 >>>, FUNCTION 1 spy_compare(text, text);
CREATE OPERATOR CLASS spying FOR TYPE text USING hash AS OPERATOR 1 ===, FUNCTION 1 spy_hash(text);
-- The text of a statement, run from a function.
CREATE FUNCTION run_inside(statement text) RETURNS SETOF text LANGUAGE plpgsql AS
	$$DECLARE answer record; BEGIN FOR answer IN EXECUTE statement LOOP RETURN NEXT answer::text; END LOOP; END$$;
