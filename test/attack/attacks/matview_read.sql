-- A protected materialized view, by every way to name it.
SELECT * FROM shop.copies;
SELECT * FROM shop.super_copies;
SELECT * FROM ONLY shop.copies TABLESAMPLE SYSTEM (100);
SELECT * FROM shop.copies WHERE tenant_id = :'other' OR true;
SELECT name FROM shop.copies WHERE shop.peek(name);
SELECT count(*) FROM shop.copies WHERE 1 / (balance - 987650001) = 0;
SELECT c.* FROM shop.customers RIGHT JOIN shop.copies c USING (id);
SELECT xmin, ctid, c FROM shop.copies c ORDER BY ctid DESC;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT * FROM shop.copies WHERE tenant_id = :'other';
COPY shop.copies TO STDOUT;
COPY (SELECT * FROM shop.super_copies) TO STDOUT;
CREATE TABLE play.taken AS SELECT * FROM shop.copies;
SELECT * FROM play.taken;
CREATE FUNCTION play.inlined() RETURNS SETOF shop.copies LANGUAGE sql STABLE AS 'SELECT * FROM shop.copies';
SELECT * FROM play.inlined();
CREATE MATERIALIZED VIEW play.again AS SELECT * FROM shop.copies;
SELECT * FROM play.again;
