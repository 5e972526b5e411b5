-- An error as oracle: division by zero.
SELECT shop.oracle($$SELECT id FROM shop.customers WHERE 1 / (CASE WHEN name LIKE '%-other-%' THEN 0 ELSE 1 END) = 1$$, '22012');
SELECT shop.oracle($$SELECT id FROM shop.orders WHERE 1 / (position('other' in item) - 8) = 5$$, '22012');
SELECT shop.oracle($$UPDATE shop.customers SET balance = 1 / (length(secret) - 19)$$, '22012');
