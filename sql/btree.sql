-- In a b-tree that leads with the tenant column any condition may be an index condition, whatever it tells of the rows that it meets.
\set SHOW_CONTEXT never
\set A '11111111-1111-1111-1111-111111111111'
\set B '22222222-2222-2222-2222-222222222222'
\set C '33333333-3333-3333-3333-333333333333'
-- Comparisons of text that raise an error when they meet what does not begin with b.
CREATE FUNCTION fx.telling(a text, b text) RETURNS int LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog AS $$
BEGIN
	IF current_setting('fx.telling', true) = 'on' AND (a !~ '^b' OR b !~ '^b') THEN
		RAISE 'told of % and %', a, b;
	END IF;
	RETURN bttextcmp(a, b);
END
$$;
SELECT format('CREATE FUNCTION fx.telling_%1$s(a text, b text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE COST 0.0001 SET search_path = pg_catalog
		AS $f$BEGIN RETURN fx.telling(a, b) %2$s 0; END$f$;
	CREATE OPERATOR fx.%2$s (FUNCTION = fx.telling_%1$s, LEFTARG = text, RIGHTARG = text, RESTRICT = %3$s)',
	name, sign, estimate) FROM (VALUES ('lt', '<', 'scalarltsel'), ('le', '<=', 'scalarlesel'), ('eq', '=', 'eqsel'), ('ge', '>=', 'scalargesel'),
		('gt', '>', 'scalargtsel')) o (name, sign, estimate) \gexec
CREATE OPERATOR CLASS fx.telling FOR TYPE text USING btree AS OPERATOR 1 fx.<, OPERATOR 2 fx.<=, OPERATOR 3 fx.=, OPERATOR 4 fx.>=, OPERATOR 5 fx.>,
	FUNCTION 1 fx.telling(text, text);

CREATE TABLE fx.told (tenant_id uuid, id int, name text, day date);
CREATE TABLE fx.told_parts (LIKE fx.told) PARTITION BY RANGE (day);
CREATE TABLE fx.told_part PARTITION OF fx.told_parts DEFAULT;
INSERT INTO fx.told SELECT t, i, letter || to_char(i, 'FM000'), '2026-01-01'
	FROM (VALUES (:'A'::uuid, 'a'), (:'B', 'b'), (:'C', 'c')) v (t, letter), generate_series(1, 300) i;
INSERT INTO fx.told_parts SELECT * FROM fx.told;
CREATE TABLE fx.wanted (name text);
INSERT INTO fx.wanted VALUES ('b001'), ('b250'), ('b999');
CREATE INDEX by_name ON fx.told (name fx.telling);
CREATE INDEX by_tenant ON fx.told (tenant_id, name fx.telling, id);
CREATE INDEX by_tenant_parts ON fx.told_parts (tenant_id, name fx.telling);
SELECT tenant.protect('fx.told'), tenant.protect('fx.told_parts') \g /dev/null
ANALYZE fx.told, fx.told_parts, fx.wanted;
GRANT SELECT ON fx.told, fx.told_parts, fx.wanted TO fx_app;

CREATE TABLE fx.told_forms (number serial, query text);
INSERT INTO fx.told_forms (query) VALUES
	('SELECT id FROM told WHERE name = ''b150'''),
	('SELECT id FROM told WHERE name > ''b297'' ORDER BY name DESC'),
	('SELECT name FROM told WHERE name < ''b003'''),
	('SELECT id FROM told WHERE name = ANY (''{b001,b250}'')'),
	('SELECT id FROM told WHERE name = ''b001'' OR name = ''b250'''),
	('SELECT id FROM told WHERE (name = ''b001'' AND id = 1) OR (name > ''b298'' AND id > 299)'),
	('SELECT id FROM told WHERE (name, id) > (''b299'', 0)'),
	('SELECT id FROM told WHERE (tenant_id, name) > (''11111111-1111-1111-1111-111111111111'', ''b298'') AND name > ''b298'''),
	('SELECT id FROM told WHERE (tenant_id, name) <= (''22222222-2222-2222-2222-222222222222'', ''b002'')'),
	('SELECT id FROM told WHERE (tenant_id, name) < (''33333333-3333-3333-3333-333333333333'', ''b'') AND name > ''b298'''),
	('SELECT id FROM told WHERE (tenant_id, name) > (''11111111-1111-1111-1111-111111111111'', ''b'') AND name < ''b003'' ORDER BY name USING >'),
	('SELECT id FROM told WHERE tenant_id > ''11111111-1111-1111-1111-111111111111'' AND name > ''b298'''),
	('SELECT id FROM wanted w JOIN told t ON t.name = w.name'),
	('SELECT id FROM wanted w LEFT JOIN told t ON t.name = w.name AND t.id > 1 WHERE w.name <> ''b999'''),
	('SELECT id FROM told WHERE EXISTS (SELECT FROM wanted w WHERE told.name = w.name)'),
	('SELECT id FROM told_parts WHERE name = ''b150'''),
	('SELECT id FROM (SELECT id, name FROM told UNION ALL SELECT id, name FROM told_parts) u WHERE name = ''b150''');
CREATE FUNCTION fx.told_answers(OUT query text, OUT answer text) RETURNS SETOF record LANGUAGE plpgsql
	SET search_path = fx, pg_catalog SET fx.telling = on AS $$
BEGIN
	FOR query IN SELECT f.query FROM told_forms f ORDER BY number LOOP
		BEGIN
			EXECUTE format('SELECT string_agg(id, '','' ORDER BY id) FROM (SELECT q::text FROM (%s) q) t (id)', query) INTO answer;
		EXCEPTION WHEN OTHERS THEN
			answer := SQLERRM;
		END;
		RETURN NEXT;
	END LOOP;
END
$$;
-- The indexes that a query uses, and its conditions.
CREATE FUNCTION fx.told_plan(query text) RETURNS SETOF text LANGUAGE plpgsql SET search_path = fx, pg_catalog AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || query LOOP
		IF line ~ 'Scan|Cond|Filter' THEN
			RETURN NEXT line;
		END IF;
	END LOOP;
END
$$;
GRANT SELECT ON fx.told_forms TO fx_app;
\t on
\a
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'B';
SET enable_seqscan = off;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET enable_bitmapscan = off;
CREATE TEMP TABLE told_answers AS SELECT * FROM fx.told_answers();
SELECT answer, E'\n' || query, (SELECT string_agg(E'\n' || line, '') FROM fx.told_plan(query) line) FROM told_answers;
-- The same answers by index scans of the table, by bitmaps, and to a role that policies do not bind.
SET enable_indexonlyscan = off;
SELECT * FROM fx.told_answers() EXCEPT SELECT * FROM told_answers;
SET enable_bitmapscan = on;
SET enable_indexscan = off;
SELECT * FROM fx.told_answers() EXCEPT SELECT * FROM told_answers;
SELECT fx.told_plan('SELECT id FROM told WHERE name = ''b001'' OR name = ''b250''');
RESET enable_indexscan;
RESET enable_indexonlyscan;
RESET SESSION AUTHORIZATION;
SELECT * FROM fx.told_answers() EXCEPT SELECT * FROM told_answers;
SELECT fx.told_plan('SELECT id FROM told WHERE name = ''b150''');

-- An index that begins with another column is for the filter alone. From 18 on the server looks for the filter by skipping through it, which compares.
DROP INDEX fx.by_tenant;
CREATE INDEX by_tenant ON fx.told (name fx.telling, tenant_id);
SET ROLE fx_app;
SELECT fx.told_plan('SELECT id FROM told WHERE name = ''b150''');
SELECT * FROM fx.told_answers() EXCEPT SELECT * FROM told_answers;
RESET ROLE;
DROP INDEX fx.by_tenant;
CREATE INDEX by_tenant ON fx.told (tenant_id, name fx.telling);
-- Rows that another policy hides within the tenant are not to be told of either.
CREATE POLICY even ON fx.told AS RESTRICTIVE USING (id % 2 = 0);
SET ROLE fx_app;
SELECT fx.told_plan('SELECT id FROM told WHERE name = ''b150''');
RESET ROLE;
DROP POLICY even ON fx.told;
DROP POLICY tenant_rows ON fx.told;
CREATE POLICY odd ON fx.told USING (id % 2 = 1);
SET ROLE fx_app;
SELECT fx.told_plan('SELECT id FROM told WHERE name = ''b150''');
RESET ROLE;
DROP POLICY odd ON fx.told;
CREATE POLICY rows ON fx.told USING (true);
-- A partial index whose predicate implies the condition.
DROP INDEX fx.by_tenant;
CREATE INDEX by_tenant ON fx.told (tenant_id, name fx.telling) WHERE id > 100;
SET ROLE fx_app;
SELECT fx.told_plan('SELECT id FROM told WHERE name = ''b150'' AND id > 100');
RESET ROLE;
RESET app.tenant_id;
DROP TABLE fx.told, fx.told_parts, fx.wanted, fx.told_forms;
DROP OPERATOR FAMILY fx.telling USING btree;
DROP FUNCTION fx.telling(text, text), fx.telling_lt, fx.telling_le, fx.telling_eq, fx.telling_ge, fx.telling_gt CASCADE;
