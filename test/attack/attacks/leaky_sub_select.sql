-- A cheap function that tells its argument, in an output column of a sub-select that the query above filters by.
SELECT id FROM (SELECT id, shop.peek(secret) AS told FROM shop.customers) s WHERE told;
SELECT id FROM (SELECT id, secret AS a FROM (SELECT id, secret FROM shop.customers) t) s WHERE shop.peek(a);
SELECT id FROM (SELECT id, upper(secret) AS a FROM shop.customers WHERE id > 0) s WHERE shop.peek(a) AND id < 100;
SELECT k.code FROM shop.countries k, (SELECT id, shop.peek(name) AS told FROM shop.customers) s WHERE told AND k.code <> 'xx';
SELECT id FROM (SELECT id, CASE WHEN shop.peek(secret) THEN name END AS a FROM shop.super_view) s WHERE a > '';
SELECT max(id) FROM (SELECT id, shop.peek(secret) AS told FROM shop.customers ORDER BY id) s GROUP BY told HAVING told;
SELECT (SELECT count(*) FROM (SELECT shop.peek(secret) AS told FROM shop.customers c WHERE c.id = k.n) s WHERE told) FROM generate_series(1, 40) k (n);
SELECT id FROM (SELECT id, (c).secret AS a FROM (SELECT c, id FROM shop.customers c) t) s WHERE shop.peek(a);
