-- What the tables of every column of the benchmark need, in schema public.
CREATE EXTENSION pg_trgm;
CREATE EXTENSION btree_gin;
CREATE EXTENSION btree_gist;
CREATE EXTENSION citext;
CREATE EXTENSION hstore;
CREATE EXTENSION pg_prewarm;
CREATE TYPE item_status AS ENUM ('new', 'active', 'sold', 'archived', 'blocked');
CREATE FUNCTION trim_note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.note := trim(NEW.note); RETURN NEW; END';
-- A function that nobody trusts.
CREATE FUNCTION label(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN left($1, 3); END';
CREATE FUNCTION current_tenant() RETURNS uuid LANGUAGE plpgsql STABLE PARALLEL SAFE AS
	'BEGIN RETURN current_setting(''app.tenant_id'')::uuid; END';
CREATE ROLE app LOGIN;
CREATE ROLE by_setting LOGIN;
CREATE ROLE by_select LOGIN;
CREATE ROLE by_function LOGIN;
-- Neighbours without a tenant: what statements cost that touch no protected table.
DO $$
BEGIN
	FOR n IN 1..32 LOOP
		EXECUTE format('CREATE TABLE neighbour_%1$s (id int PRIMARY KEY, value int); INSERT INTO neighbour_%1$s VALUES (1, %1$s)', n);
	END LOOP;
END
$$;
