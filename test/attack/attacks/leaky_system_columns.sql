-- The same with system columns, and beside conditions on the place of a row, which have scans of their own.
SELECT id FROM shop.customers WHERE ctid = '(0,21)' AND shop.peek(secret);
SELECT id FROM shop.customers WHERE ctid = ANY (ARRAY['(0,21)', '(0,22)', '(0,23)']::tid[]) AND shop.peek(secret);
SELECT id FROM shop.customers WHERE ctid > '(0,1)' AND ctid < '(9,1)' AND shop.peek(secret);
SELECT a.id FROM shop.countries k JOIN shop.customers a ON a.ctid = ANY (ARRAY['(0,21)', '(0,41)']::tid[]) AND shop.peek(a.secret || k.code);
SELECT id FROM shop.customers WHERE shop.peek(tableoid::regclass || secret);
SELECT id FROM shop.orders WHERE tableoid = 'shop.orders_2026'::regclass AND shop.peek(item);
SELECT id FROM shop.customers WHERE xmin::text <> '0' AND shop.peek(secret);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE ctid > '(0,1)' AND name LIKE 'SOUGHT%\'$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE ctid = ANY (ARRAY(SELECT format('(0,%s)', g)::tid FROM generate_series(1, 60) g)) AND name LIKE 'SOUGHT%\'$$);
SELECT shop.oracle($$SELECT id FROM shop.customers WHERE ctid > '(0,1)' AND 1 / (CASE WHEN balance > 987000000 THEN 0 ELSE 1 END) = 1$$, '22012');
