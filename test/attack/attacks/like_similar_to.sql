-- SIMILAR TO, LIKE … ESCAPE with a bad escape, substring … similar, and escapes that rows decide.
SET enable_indexscan = off;
SET enable_bitmapscan = off;
SELECT shop.oracle($$SELECT id FROM shop.customers WHERE name LIKE 'x' ESCAPE CASE WHEN name LIKE '%other%' THEN 'ab' ELSE '!' END$$, '22025');
SELECT shop.oracle($$SELECT id FROM shop.customers WHERE name SIMILAR TO CASE WHEN name LIKE '%other%' THEN '(' ELSE 'x' END$$, '2201B');
SELECT shop.oracle($$SELECT id FROM shop.customers WHERE name SIMILAR TO 'x' ESCAPE CASE WHEN name LIKE '%other%' THEN 'ab' ELSE '!' END$$, '22025');
SELECT shop.oracle($$SELECT id FROM shop.customers WHERE substring(name similar CASE WHEN name LIKE '%other%' THEN 'a"b"c"d"e' ELSE 'x' END escape '\') = ''$$, '2200C');
SELECT shop.oracle($$SELECT id FROM shop.customers WHERE name LIKE like_escape(name, CASE WHEN name LIKE '%other%' THEN 'ab' ELSE '!' END)$$, '22025');
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name LIKE 'SOUGHT%' ESCAPE '%'$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name LIKE 'SOUGHT' ESCAPE ''$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name SIMILAR TO 'SOUGHT%\'$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name SIMILAR TO 'SOUGHT%(' $$);
