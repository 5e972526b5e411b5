-- The tenant's filter comes first in every scan, also where a lossy index is asked again. Plans of one use hold
-- the tenant; others do not.
\set A '11111111-1111-1111-1111-111111111111'
\set B '22222222-2222-2222-2222-222222222222'
SET ROLE fx_owner;
CREATE TABLE fx.crates (id bigint, weight int, room text, PRIMARY KEY (id));
SELECT tenant.protect('fx.crates');
CREATE INDEX crates_weight ON fx.crates (weight);
CREATE INDEX crates_room ON fx.crates USING hash (room);
CREATE INDEX crates_brin ON fx.crates USING brin (id);
CREATE INDEX crates_of_a ON fx.crates (weight, room) WHERE tenant_id = '11111111-1111-1111-1111-111111111111';
CREATE INDEX crates_only ON fx.crates (weight, tenant_id);
CREATE FUNCTION fx.count_crates() RETURNS bigint LANGUAGE sql VOLATILE AS 'SELECT count(*) FROM fx.crates';
GRANT SELECT, INSERT ON fx.crates TO fx_app;
RESET ROLE;
SET row_security = off;
INSERT INTO fx.crates (tenant_id, id, weight, room) SELECT CASE WHEN g % 4 = 0 THEN :'A' ELSE :'B' END::uuid, g, g % 100, 'room ' || g % 7 FROM generate_series(1, 4000) g;
RESET row_security;
VACUUM ANALYZE fx.crates;
SET app.tenant_id = :'A';
CREATE TABLE fx.ways (n serial, off text, query text);
INSERT INTO fx.ways (off, query) VALUES
	('indexscan,bitmapscan,indexonlyscan', 'SELECT id FROM fx.crates WHERE weight > 5 AND id < 100'),
	('seqscan,bitmapscan,indexonlyscan', 'SELECT id FROM fx.crates WHERE weight = 5 AND room > ''a'''),
	('seqscan,bitmapscan', 'SELECT weight FROM fx.crates WHERE weight < 5 ORDER BY weight'),
	('seqscan,indexscan,indexonlyscan', 'SELECT id FROM fx.crates WHERE weight < 5 AND room = ''room 1'''),
	('seqscan,indexscan,indexonlyscan', 'SELECT room FROM fx.crates WHERE id < 50'),
	('seqscan,indexscan,bitmapscan,indexonlyscan', 'SELECT room FROM fx.crates WHERE ctid = ''(0,1)'''),
	('seqscan,indexscan,bitmapscan,indexonlyscan', 'SELECT room FROM fx.crates WHERE ctid < ''(0,9)'' AND weight > 3'),
	('seqscan,bitmapscan,indexonlyscan', 'SELECT a.id FROM fx.crates a JOIN fx.crates b ON a.tenant_id = b.tenant_id AND a.id = b.id + 1 WHERE b.id < 20');
CREATE FUNCTION fx.way(off text, query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	kind text;
BEGIN
	FOREACH kind IN ARRAY string_to_array(off, ',') LOOP
		PERFORM set_config('enable_' || kind, 'off', true);
	END LOOP;
	RETURN QUERY EXECUTE 'EXPLAIN (COSTS off) ' || query;
	FOREACH kind IN ARRAY string_to_array(off, ',') LOOP
		PERFORM set_config('enable_' || kind, 'on', true);
	END LOOP;
END
$$;
GRANT SELECT ON fx.ways TO fx_app;
SET ROLE fx_app;
SELECT n, w FROM fx.ways, fx.way(off, query) w ORDER BY n;
SET app.tenant_id = :'B';
SELECT count(*) FROM fx.crates WHERE weight < 5;
SELECT count(*) FROM fx.crates WHERE tenant_id = :'A';

-- The plans that an SQL function keeps serve another tenant between two of its calls.
SELECT set_config('app.tenant_id', t, false) IS NULL AS set, fx.count_crates() FROM (VALUES (:'A'), (:'B'), (:'A')) v (t);
-- Several statements in one message.
SET app.tenant_id = :'A' \; SELECT count(*) FROM fx.crates \; SET app.tenant_id = :'B' \; SELECT count(*) FROM fx.crates;
RESET ROLE;

-- An index is not read in the order of a distance that may overflow for another tenant's entry.
SET ROLE fx_owner;
CREATE TABLE fx.shapes (id int, place point, label text);
SELECT tenant.protect('fx.shapes');
CREATE INDEX shapes_place ON fx.shapes USING gist (place);
GRANT SELECT ON fx.shapes TO fx_app;
RESET ROLE;
SET row_security = off;
INSERT INTO fx.shapes (tenant_id, id, place) VALUES (:'A', 1, '(1,1)'), (:'A', 2, '(2,2)'), (:'B', 3, '(1.7e308,1.7e308)');
RESET row_security;
SET ROLE fx_app;
SET app.tenant_id = :'A';
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SELECT id FROM fx.shapes ORDER BY place <-> '(0,0)';
SELECT id FROM fx.shapes ORDER BY place <-> '(0,0)' LIMIT 1;
RESET enable_seqscan;
RESET enable_bitmapscan;
RESET ROLE;

-- An index of one tenant's rows need not hold the tenant column: what it finds is one tenant's, whoever asks.
SET ROLE fx_owner;
CREATE TABLE fx.counted (id int, number int);
SELECT tenant.protect('fx.counted');
CREATE INDEX counted_a ON fx.counted (number) WHERE tenant_id = '11111111-1111-1111-1111-111111111111';
GRANT SELECT ON fx.counted TO fx_app;
RESET ROLE;
SET row_security = off;
INSERT INTO fx.counted (tenant_id, id, number) SELECT t::uuid, i, i FROM unnest(ARRAY[:'A', :'B']) t, generate_series(1, 20) i;
VACUUM ANALYZE fx.counted;
RESET row_security;
SET ROLE fx_app;
SET app.tenant_id = :'A';
SET enable_seqscan = off;
SET enable_bitmapscan = off;
PREPARE of_a AS SELECT count(number) FROM fx.counted WHERE tenant_id = '11111111-1111-1111-1111-111111111111' AND number > 5;
EXPLAIN (COSTS off) EXECUTE of_a;
EXECUTE of_a;
SET app.tenant_id = :'B';
EXECUTE of_a;
SELECT count(number) FROM fx.counted WHERE tenant_id = '11111111-1111-1111-1111-111111111111' AND number > 5;
DEALLOCATE of_a;
RESET enable_seqscan;
RESET enable_bitmapscan;
RESET ROLE;
SET client_min_messages = warning;
DROP TABLE fx.crates, fx.ways, fx.shapes, fx.counted CASCADE;
DROP FUNCTION fx.count_crates, fx.way;
