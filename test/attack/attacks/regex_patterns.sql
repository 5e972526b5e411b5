-- Regular expressions: invalid ones, by constant, parameter and function, and while planning.
SET enable_indexscan = off;
SET enable_bitmapscan = off;
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name LIKE 'SOUGHT%' AND name ~ '('$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name ~ 'SOUGHT' AND name !~* '['$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name ~ 'SOUGHT' AND name !~ lower('A{2,1}')$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE CASE WHEN name ~ 'SOUGHT' THEN name ~ '(' END$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name ~ 'SOUGHT' AND regexp_replace(name, '(', '') = ''$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name ~ 'SOUGHT' AND regexp_matches[1] = 'x' FROM (SELECT 1) x$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name ~ 'SOUGHT' AND regexp_replace(name, 'x', 'y', 'z') = ''$$);
SELECT shop.differ($$EXPLAIN SELECT id FROM shop.customers WHERE secret ~ 'SOUGHT' AND secret ~ '^('$$);
PREPARE q (text, text) AS SELECT id FROM shop.customers WHERE name ~ $1 AND name ~ $2;
PREPARE s (text) AS SELECT id FROM shop.customers WHERE name ~ 'other' AND name ~ (SELECT $1);
SELECT shop.differ($$EXECUTE q ('SOUGHT', '(')$$), shop.oracle($$EXECUTE s ('(')$$, '2201B');
SET plan_cache_mode = force_generic_plan;
SELECT shop.differ($$EXECUTE q ('SOUGHT', '(')$$), shop.oracle($$EXECUTE s ('(')$$, '2201B');
