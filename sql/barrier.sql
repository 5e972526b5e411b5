-- What keeps a filter from moving, and what does not.
\set A '11111111-1111-1111-1111-111111111111'
\set B '22222222-2222-2222-2222-222222222222'
SET ROLE fx_owner;
CREATE TYPE fx.size AS ENUM ('small', 'large');
CREATE TABLE fx.goods (id bigint, name text, price numeric, size fx.size, data jsonb, tags text[], made timestamptz);
CREATE TABLE fx.sales (id bigint, goods_id bigint, price numeric);
SELECT tenant.protect('fx.goods'), tenant.protect('fx.sales');
CREATE FUNCTION fx.leak(anyelement) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS 'BEGIN RAISE NOTICE ''%'', $1; RETURN true; END';
CREATE DOMAIN fx.checked AS text CHECK (VALUE <> 'x');
CREATE FUNCTION fx.quiet(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1; END';
CREATE FUNCTION fx.inlined(text) RETURNS boolean LANGUAGE sql AS 'SELECT fx.leak($1)';
CREATE FUNCTION fx.rows_of(text) RETURNS SETOF text LANGUAGE sql STABLE AS 'SELECT $1 WHERE fx.quiet($1) <> ''''';
CREATE FUNCTION fx.yes(bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS 'BEGIN RETURN $1 IS NOT NULL; END';
CREATE FUNCTION fx.switch() RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM set_config('app.tenant_id', '22222222-2222-2222-2222-222222222222', false); RETURN 1; END $$;
CREATE VIEW fx.goods_view AS SELECT id, fx.quiet(name) AS loud, name FROM fx.goods;
GRANT ALL ON ALL TABLES IN SCHEMA fx TO fx_app;
RESET ROLE;
CREATE FUNCTION fx.barriers(query text) RETURNS text LANGUAGE sql AS
	$$ SELECT string_agg(concat_ws(' ', relation, filter, kept_by), '; ') FROM tenant.explain_barrier(query) $$;
CREATE TABLE fx.queries (n serial, query text);
GRANT SELECT ON fx.queries TO fx_app;
INSERT INTO fx.queries (query) VALUES
	-- Leakproof conditions; what is above the filter.
	('SELECT FROM fx.goods WHERE id = $1 AND made > now()'),
	('SELECT fx.leak(name) FROM fx.goods WHERE id = 1 ORDER BY fx.quiet(name)'),
	('SELECT id FROM (SELECT id, fx.quiet(name) FROM fx.goods) s WHERE id = 1'),
	('SELECT count(*) FILTER (WHERE fx.leak(name)) FROM fx.goods HAVING count(fx.quiet(name)) > 1'),
	('SELECT FROM fx.goods g, unnest(g.tags) t WHERE t > '''''),
	('UPDATE fx.goods SET name = fx.quiet(name) WHERE id = 1 RETURNING fx.leak(name)'),
	('SELECT FROM fx.goods g LEFT JOIN fx.sales s ON s.goods_id = g.id'),
	('SELECT FROM fx.goods g FULL JOIN fx.sales s ON s.goods_id = g.id'),
	('WITH RECURSIVE r AS (SELECT id FROM fx.goods WHERE id = 1 UNION ALL SELECT s.goods_id FROM r JOIN fx.sales s USING (id)) SELECT FROM r WHERE fx.quiet(id::text) > '''''),
	('SELECT FROM fx.goods WHERE random() < 0.5'),
	('INSERT INTO fx.sales (id) SELECT id FROM fx.goods'),
	-- What would be called on rows that the filter has not passed.
	('SELECT FROM fx.goods WHERE fx.leak(name)'),
	('SELECT FROM fx.goods WHERE fx.inlined(name)'),
	('SELECT FROM fx.goods WHERE id = 1 AND (id = 2 OR fx.leak(name))'),
	('SELECT FROM fx.goods_view WHERE id = 1'),
	('SELECT FROM fx.goods_view WHERE loud = ''x'''),
	('SELECT FROM (SELECT fx.quiet(name) AS n FROM fx.goods UNION ALL SELECT name FROM fx.customers) s WHERE n = ''x'''),
	('WITH w AS (SELECT fx.quiet(name) AS n FROM fx.goods) SELECT FROM w WHERE n = ''x'''),
	('SELECT FROM fx.goods g, LATERAL (VALUES (g.name)) v (n) WHERE fx.leak(n)'),
	('SELECT FROM fx.goods g, fx.rows_of(g.name)'),
	('SELECT FROM fx.goods g JOIN fx.sales s ON fx.quiet(g.name) = ''x'' AND s.goods_id = g.id'),
	('SELECT name FROM fx.goods GROUP BY name HAVING fx.leak(name)'),
	('SELECT max(fx.quiet(name)) FROM fx.goods'),
	('SELECT max(price), min(made) FROM fx.goods'),
	('SELECT FROM fx.sales WHERE EXISTS (SELECT FROM fx.goods g WHERE g.id = goods_id AND fx.leak(sales.price))'),
	('SELECT FROM fx.sales WHERE ''x'' IN (SELECT fx.quiet(name) FROM fx.goods)'),
	('SELECT FROM fx.goods WHERE CASE name WHEN fx.quiet(''x'') THEN true ELSE false END'),
	('SELECT FROM fx.goods WHERE CASE price WHEN 1 / 0.1 THEN true END'),
	('SELECT FROM fx.goods WHERE name::int = 1'),
	('SELECT FROM fx.goods WHERE 1 / price > 1'),
	('SELECT FROM fx.goods WHERE fx.leak(goods)'),
	('SELECT FROM fx.goods WHERE (name, id) > (''a'', 1) AND id BETWEEN 1 AND 2'),
	('SELECT FROM fx.goods WHERE name::fx.checked > '''''),
	('SELECT FROM fx.goods WHERE (SELECT fx.leak(name))'),
	-- Patterns.
	('SELECT FROM fx.goods WHERE name LIKE ''x%'''),
	('SELECT FROM fx.goods WHERE name LIKE ''x\'''),
	('SELECT FROM fx.goods WHERE name LIKE ''x'' || ''y%'''),
	('SELECT FROM fx.goods WHERE name LIKE $1'),
	('SELECT FROM fx.goods WHERE name LIKE data->>''pattern'''),
	('SELECT FROM fx.goods WHERE name LIKE ''x#%'' ESCAPE ''#'''),
	('SELECT FROM fx.goods WHERE name ~ ''^x'''),
	('SELECT FROM fx.goods WHERE name LIKE ANY (''{x}'')'),
	-- MERGE: its source is filtered, its target stays as it is.
	('MERGE INTO fx.goods g USING fx.sales s ON g.id = s.id AND s.price > 5 WHEN MATCHED THEN DO NOTHING');
SET ROLE fx_app;
SET app.tenant_id = :'A';
SELECT n, query, fx.barriers(query) FROM fx.queries ORDER BY n \gx
RESET ROLE;
-- The same for roles that policies do not bind.
SET app.tenant_id = :'A';
SELECT count(*) AS other_for_superuser FROM fx.queries WHERE fx.barriers(query) IS DISTINCT FROM
	(SELECT string_agg(concat_ws(' ', relation, filter, kept_by), '; ') FROM tenant.query(:'A', format('SELECT * FROM tenant.explain_barrier(%L)', query)) j, jsonb_to_record(j) AS (relation text, filter text, kept_by text));

-- A pattern that comes as a parameter is looked at when the statement starts, whatever rows there are.
SET ROLE fx_app;
SET plan_cache_mode = force_generic_plan;
PREPARE like_pattern(text) AS SELECT count(*) FROM fx.goods WHERE name LIKE $1;
EXECUTE like_pattern('x%');
EXECUTE like_pattern('x\');
EXECUTE like_pattern('x\\');
EXECUTE like_pattern(NULL);
PREPARE regex_pattern(text) AS SELECT count(*) FROM fx.goods WHERE name ~ $1;
EXECUTE regex_pattern('^x');
EXECUTE regex_pattern('(');
RESET plan_cache_mode;

-- MERGE inserts what its condition refuses.
INSERT INTO fx.sales (id, price) VALUES (1, 1), (2, 10);
INSERT INTO fx.goods (id) VALUES (1), (2);
MERGE INTO fx.goods g USING fx.sales s ON g.id = s.id AND s.price > 5 WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, 'new');
SELECT id, name FROM fx.goods ORDER BY 1, 2;
RESET ROLE;
SET row_security = off;
INSERT INTO fx.sales (tenant_id, id, goods_id) VALUES (:'B', 66, 1);
RESET row_security;
SET ROLE fx_app;
BEGIN;
MERGE INTO fx.goods g USING fx.sales s ON g.id = s.id AND s.id < 2 WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, 'newer');
MERGE INTO fx.goods g USING fx.sales s ON g.id = s.id AND s.id < 2 AND fx.yes(s.id) WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, 'newest');
SELECT id, name FROM fx.goods ORDER BY 1, 2;
ROLLBACK;

-- Conditions join a filter only where every row that is joined is one of the relation's.
UPDATE fx.sales SET goods_id = 1, price = 5;
DELETE FROM fx.sales WHERE id = 2;
DELETE FROM fx.goods WHERE name = 'new';
SELECT g.id FROM fx.goods g LEFT JOIN fx.sales s ON s.goods_id = g.id AND fx.yes(s.id) WHERE s.goods_id IS NULL;
SELECT g.id, s.id FROM fx.goods g LEFT JOIN fx.sales s ON s.goods_id = g.id AND g.id = 1 AND fx.yes(g.id) ORDER BY 1;
SELECT g.id, s.id FROM fx.goods g LEFT JOIN fx.sales s ON s.goods_id = g.id AND s.id = 2 AND fx.yes(s.id) ORDER BY 1;
SELECT g.id, s.id FROM fx.sales s RIGHT JOIN fx.goods g ON s.goods_id = g.id AND fx.yes(s.id) WHERE g.id = 2 AND fx.yes(g.id);
SELECT g.id, s.id FROM fx.goods g FULL JOIN fx.sales s ON s.goods_id = g.id AND s.id = 2 WHERE fx.yes(g.id) IS NOT TRUE OR fx.yes(s.id) IS NOT TRUE ORDER BY 1, 2;
SELECT g.id, s.id FROM fx.goods g, fx.sales s WHERE g.id > s.id AND g.id = 2 AND fx.yes(g.id) AND fx.yes(s.id);
SET enable_hashjoin = off;
SET enable_mergejoin = off;
EXPLAIN (COSTS off) SELECT FROM fx.goods g WHERE EXISTS (SELECT FROM fx.sales s WHERE s.goods_id = g.id AND fx.yes(s.id));
RESET enable_hashjoin;
RESET enable_mergejoin;

-- Policies beside ours.
RESET ROLE;
SET ROLE fx_owner;
CREATE POLICY positive ON fx.sales AS RESTRICTIVE USING (id > 0);
SELECT fx.barriers('SELECT FROM fx.sales');
CREATE POLICY yes ON fx.sales AS RESTRICTIVE USING (fx.yes(id));
SELECT fx.barriers('SELECT FROM fx.sales');
DROP POLICY yes ON fx.sales;
CREATE POLICY known ON fx.sales AS RESTRICTIVE USING (goods_id IN (SELECT id FROM fx.goods));
SELECT fx.barriers('SELECT FROM fx.sales');
DROP POLICY known ON fx.sales;
SET ROLE fx_app;

-- A plan of one use that is made for one tenant and started for another.
SELECT count(*) FROM fx.goods WHERE id >= fx.switch();
SHOW app.tenant_id;
SELECT count(*) FROM fx.goods WHERE id >= fx.switch();
SELECT tenant.explain_barrier('SELECT 1; SELECT 2');
SELECT tenant.explain_barrier(NULL);
RESET ROLE;
SET client_min_messages = warning;
DROP TABLE fx.goods, fx.sales, fx.queries CASCADE;
DROP DOMAIN fx.checked;
