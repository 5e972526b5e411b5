-- An error as oracle: more than one row.
SELECT shop.oracle($$SELECT (SELECT name FROM shop.customers WHERE id = 1)$$, '21000');
SELECT shop.oracle($$SELECT * FROM shop.countries WHERE code = (SELECT secret FROM shop.customers WHERE tenant_id <> 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')$$, '21000');
