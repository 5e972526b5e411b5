-- as: superuser
-- A b-tree compares by functions of a superuser's making: led by the tenant it asks them of one tenant's keys only, else of all.
SET row_security = off;
SET client_min_messages = error;
ALTER TABLE shop.customers ADD pair shop.pair;
UPDATE shop.customers SET pair = ROW(secret || id, 1);
ALTER TABLE shop.orders ADD pair shop.pair;
UPDATE shop.orders SET pair = ROW(item || id, 1);
CREATE INDEX ON shop.customers (pair shop.pair_ops);
CREATE INDEX ON shop.customers (id, pair shop.pair_ops);
CREATE INDEX ON shop.customers (pair shop.pair_ops, tenant_id);
CREATE INDEX ON shop.orders_2026 (pair shop.pair_ops);
RESET row_security;
CREATE FUNCTION play.ask() RETURNS void LANGUAGE plpgsql AS $$
DECLARE q text;
BEGIN
	FOREACH q IN ARRAY ARRAY['pair OPERATOR(shop.>) ROW(''D'', 1)::shop.pair', 'pair OPERATOR(shop.=) ROW(''D'', 1)::shop.pair', 'id = 21 AND pair OPERATOR(shop.>) ROW(''A'', 1)::shop.pair',
			'id > 0 AND pair OPERATOR(shop.<) ROW(''x'', 1)::shop.pair AND balance > 0', 'pair OPERATOR(shop.=) ANY (ARRAY[ROW(''D'', 1), ROW(''C'', 1)]::shop.pair[])',
			'tenant_id IN (''aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'', ''bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'') AND pair OPERATOR(shop.>) ROW(''A'', 1)::shop.pair',
			'tenant_id > ''aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'' AND pair OPERATOR(shop.>) ROW(''A'', 1)::shop.pair',
			'(tenant_id = ''bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'' OR id = 1) AND pair OPERATOR(shop.>) ROW(''A'', 1)::shop.pair'] LOOP
		EXECUTE 'SELECT count(*) FROM shop.customers WHERE ' || q;
		EXECUTE 'EXPLAIN SELECT count(*) FROM shop.customers WHERE ' || q;
		EXECUTE 'SELECT count(*) FROM shop.customers a JOIN shop.customers b USING (id) WHERE b.pair OPERATOR(shop.>) a.pair AND ' || replace(replace(replace(q, 'id ', 'a.id '), 'pair OP', 'a.pair OP'), 'tenant_a.', 'a.tenant_');
	END LOOP;
	EXECUTE 'SELECT count(*) FROM shop.orders WHERE pair OPERATOR(shop.>) ROW(''A'', 1)::shop.pair';
	EXECUTE 'SELECT pair FROM shop.customers ORDER BY pair USING OPERATOR(shop.<) LIMIT 1';
	EXECUTE 'SELECT count(*) FROM shop.customers a JOIN shop.countries k ON a.pair OPERATOR(shop.=) ROW(k.code, 1)::shop.pair';
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
CREATE INDEX ON shop.customers (tenant_id, pair shop.pair_ops);
CREATE INDEX ON shop.customers (tenant_id DESC, id, pair shop.pair_ops DESC NULLS LAST) INCLUDE (secret);
CREATE INDEX ON shop.customers USING brin (tenant_id, id);
CREATE INDEX ON shop.orders_2026 (tenant_id, pair shop.pair_ops);
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
