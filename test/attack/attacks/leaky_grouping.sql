-- The same above GROUP BY, whose conditions are pushed below it, grouping sets, DISTINCT and windows.
SELECT secret FROM shop.customers GROUP BY secret HAVING shop.peek(secret);
SELECT upper(secret) FROM shop.customers GROUP BY upper(secret) HAVING shop.peek(upper(secret));
SELECT upper(secret), count(*) FROM shop.customers GROUP BY 1 HAVING shop.peek(upper(secret)) AND count(*) > 0;
SELECT secret, name FROM shop.customers GROUP BY GROUPING SETS ((secret), (secret, name)) HAVING shop.peek(secret);
SELECT secret FROM (SELECT secret, count(*) AS n FROM shop.customers GROUP BY secret) s WHERE shop.peek(secret) AND n > 0;
SELECT a FROM (SELECT DISTINCT secret AS a FROM shop.customers) s WHERE shop.peek(a);
SELECT a FROM (SELECT DISTINCT ON (secret) secret AS a, id FROM shop.customers ORDER BY secret, id) s WHERE shop.peek(a);
SELECT a FROM (SELECT secret AS a, row_number() OVER (PARTITION BY secret ORDER BY id) AS n FROM shop.customers) s WHERE shop.peek(a) AND n < 3;
SELECT a FROM (SELECT lower(secret) AS a, rank() OVER (PARTITION BY lower(secret) ORDER BY id) AS n FROM shop.customers) s WHERE shop.peek(a);
SELECT min(secret) FROM shop.customers WHERE shop.peek(secret);
SELECT max(id), min(id) FROM shop.customers WHERE shop.peek(name);
SELECT a FROM (SELECT secret AS a, id FROM shop.customers ORDER BY id LIMIT 30) s WHERE shop.peek(a);
SELECT count(*) FROM (SELECT secret, shop.peek(name) AS told FROM shop.customers) s GROUP BY secret, told HAVING told;
