-- An error as oracle: LIKE with a pattern that ends in its escape, and regular expressions.
SELECT shop.oracle($$SELECT id FROM shop.customers WHERE 'x' LIKE CASE WHEN name LIKE '%other%' THEN 'x\' ELSE 'x' END$$, '22025');
SELECT shop.oracle($$SELECT id FROM shop.customers WHERE name LIKE '%-other-%' AND tenant_id <> 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' AND name LIKE 'C%A' || chr(92)$$, '22025');
SELECT shop.oracle($$SELECT id FROM shop.notes WHERE 'x' ~ CASE WHEN body LIKE '%other%' THEN '(' ELSE 'x' END$$, '2201B');
SELECT shop.oracle($$SELECT id FROM shop.notes WHERE substring(body from 1 for 9 - strpos(body, 'other')) = ''$$, '22011');
