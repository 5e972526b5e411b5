-- A pattern in a column: the stored value is the pattern, or stands on both sides.
SET enable_indexscan = off;
SET enable_bitmapscan = off;
CREATE TEMP TABLE patterns (pattern text);
SELECT shop.differ($$SELECT id FROM shop.hostile WHERE 'SOUGHT~' LIKE t$$);
SELECT shop.differ($$SELECT id FROM shop.hostile WHERE 'SOUGHT~' ~~ t AND id > 0$$);
SELECT shop.oracle($$SELECT id FROM shop.hostile WHERE 'mine 7' || t LIKE t$$, '22025');
SELECT shop.oracle($$SELECT id FROM shop.hostile WHERE 'x' ~ t$$, '2201B');
SELECT shop.oracle($$SELECT id FROM shop.hostile WHERE 'x' ~ c$$, '2201B');
SELECT shop.oracle($$SELECT id FROM shop.hostile WHERE regexp_match('x', t) IS NULL$$, '2201B');
SELECT shop.oracle($$SELECT id FROM shop.hostile WHERE substring('x' from t) IS NULL$$, '2201B');
SELECT shop.oracle($$SELECT id FROM shop.hostile WHERE 'x' SIMILAR TO t$$, '2201B');
SELECT shop.oracle($$SELECT id FROM shop.hostile WHERE '\\x5c'::bytea LIKE bin$$, '22025');
SELECT shop.oracle($$SELECT a.id FROM shop.hostile a JOIN shop.hostile b ON a.t || 'x' LIKE b.t$$, '22025');
SELECT shop.oracle($$SELECT a.id FROM shop.hostile a WHERE EXISTS (SELECT FROM shop.countries WHERE code ~ a.t)$$, '2201B');
INSERT INTO patterns VALUES ('CAN' || 'ARY-other%\');
SELECT count(*) FROM shop.customers JOIN patterns ON name LIKE pattern;
\set hit :SQLSTATE
UPDATE patterns SET pattern = 'nobody%\';
SELECT count(*) FROM shop.customers JOIN patterns ON name LIKE pattern;
SELECT shop.found(:'hit' <> :'SQLSTATE');
