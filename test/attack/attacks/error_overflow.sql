-- An error as oracle: overflow, bounds.
SELECT shop.oracle($$SELECT id FROM shop.customers WHERE balance * 1000 > 0$$, '22003');
SELECT shop.oracle($$SELECT id FROM shop.items WHERE price::smallint > 0$$, '22003');
SELECT shop.oracle($$SELECT sum(exp(price)) FROM shop.items$$, '22003');
