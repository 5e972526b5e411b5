-- as: superuser
-- A b-tree compares by functions of a superuser's making: led by the tenant it asks them of one tenant's keys only, else of all.
CREATE TYPE play.pair AS (a text, b int);
CREATE FUNCTION play.look(x play.pair) RETURNS text LANGUAGE plpgsql IMMUTABLE COST 0.0000001 AS $$BEGIN RAISE NOTICE 'compared %', x; RETURN x.a; END$$;
CREATE FUNCTION play.cmp(x play.pair, y play.pair) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT bttextcmp(play.look(x), play.look(y))';
CREATE FUNCTION play.eq(x play.pair, y play.pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT play.look(x) = play.look(y)';
CREATE FUNCTION play.lt(x play.pair, y play.pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT play.look(x) < play.look(y)';
CREATE FUNCTION play.gt(x play.pair, y play.pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT play.look(x) > play.look(y)';
CREATE OPERATOR play.= (FUNCTION = play.eq, LEFTARG = play.pair, RIGHTARG = play.pair, RESTRICT = eqsel);
CREATE OPERATOR play.< (FUNCTION = play.lt, LEFTARG = play.pair, RIGHTARG = play.pair, RESTRICT = scalarltsel);
CREATE OPERATOR play.> (FUNCTION = play.gt, LEFTARG = play.pair, RIGHTARG = play.pair, RESTRICT = scalargtsel);
CREATE OPERATOR CLASS play.pair_ops FOR TYPE play.pair USING btree AS OPERATOR 1 play.<, OPERATOR 3 play.=, OPERATOR 5 play.>, FUNCTION 1 play.cmp(play.pair, play.pair);
SET row_security = off;
SET client_min_messages = error;
ALTER TABLE shop.customers ADD pair play.pair;
UPDATE shop.customers SET pair = ROW(secret || id, 1);
ALTER TABLE shop.orders ADD pair play.pair;
UPDATE shop.orders SET pair = ROW(item || id, 1);
CREATE INDEX ON shop.customers (pair play.pair_ops);
CREATE INDEX ON shop.customers (id, pair play.pair_ops);
CREATE INDEX ON shop.customers (pair play.pair_ops, tenant_id);
CREATE INDEX ON shop.orders_2026 (pair play.pair_ops);
RESET row_security;
CREATE FUNCTION play.ask() RETURNS void LANGUAGE plpgsql AS $$
DECLARE q text;
BEGIN
	FOREACH q IN ARRAY ARRAY['pair OPERATOR(play.>) ROW(''D'', 1)::play.pair', 'pair OPERATOR(play.=) ROW(''D'', 1)::play.pair', 'id = 21 AND pair OPERATOR(play.>) ROW(''A'', 1)::play.pair',
			'id > 0 AND pair OPERATOR(play.<) ROW(''x'', 1)::play.pair AND balance > 0', 'pair OPERATOR(play.=) ANY (ARRAY[ROW(''D'', 1), ROW(''C'', 1)]::play.pair[])',
			'tenant_id IN (''aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'', ''bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'') AND pair OPERATOR(play.>) ROW(''A'', 1)::play.pair',
			'tenant_id > ''aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'' AND pair OPERATOR(play.>) ROW(''A'', 1)::play.pair',
			'(tenant_id = ''bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'' OR id = 1) AND pair OPERATOR(play.>) ROW(''A'', 1)::play.pair'] LOOP
		EXECUTE 'SELECT count(*) FROM shop.customers WHERE ' || q;
		EXECUTE 'EXPLAIN SELECT count(*) FROM shop.customers WHERE ' || q;
		EXECUTE 'SELECT count(*) FROM shop.customers a JOIN shop.customers b USING (id) WHERE b.pair OPERATOR(play.>) a.pair AND ' || replace(replace(replace(q, 'id ', 'a.id '), 'pair OP', 'a.pair OP'), 'tenant_a.', 'a.tenant_');
	END LOOP;
	EXECUTE 'SELECT count(*) FROM shop.orders WHERE pair OPERATOR(play.>) ROW(''A'', 1)::play.pair';
	EXECUTE 'SELECT pair FROM shop.customers ORDER BY pair USING OPERATOR(play.<) LIMIT 1';
	EXECUTE 'SELECT count(*) FROM shop.customers a JOIN shop.countries k ON a.pair OPERATOR(play.=) ROW(k.code, 1)::play.pair';
END$$;
GRANT USAGE ON SCHEMA play TO attack_app;
SET ROLE attack_app;
RESET client_min_messages;
SET enable_seqscan = off;
SELECT play.ask();
SET enable_indexscan = off;
SELECT play.ask();
RESET ROLE;
SET client_min_messages = error;
SET row_security = off;
CREATE INDEX ON shop.customers (tenant_id, pair play.pair_ops);
CREATE INDEX ON shop.customers (tenant_id DESC, id, pair play.pair_ops DESC NULLS LAST) INCLUDE (secret);
CREATE INDEX ON shop.customers USING brin (tenant_id, id);
CREATE INDEX ON shop.orders_2026 (tenant_id, pair play.pair_ops);
RESET row_security;
RESET client_min_messages;
SET ROLE attack_app;
SELECT play.ask();
RESET enable_indexscan;
SELECT play.ask();
SET enable_bitmapscan = off;
SELECT play.ask();
RESET ROLE;
SET client_min_messages = error;
SET row_security = off;
ALTER TABLE shop.customers DROP pair;
ALTER TABLE shop.orders DROP pair;
