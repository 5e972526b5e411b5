-- The same on either side of each kind of join, in ON and in WHERE.
SELECT count(*) FROM shop.customers a LEFT JOIN shop.orders b ON a.id = b.id WHERE shop.peek(a.secret) AND b.item IS NULL;
SELECT count(*) FROM shop.customers a LEFT JOIN shop.orders b ON a.id = b.id AND shop.peek(b.item);
SELECT count(*) FROM shop.customers a RIGHT JOIN shop.orders b ON a.id = b.id AND shop.peek(a.secret);
SELECT count(*) FROM shop.countries k LEFT JOIN shop.orders b ON k.name = b.item AND shop.peek(b.item) WHERE b.id IS NULL;
SELECT count(*) FROM shop.countries k RIGHT JOIN shop.orders b ON k.name = b.item WHERE shop.peek(b.item);
SELECT count(*) FROM shop.customers a FULL JOIN shop.orders b ON a.id = b.id WHERE shop.peek(coalesce(a.secret, b.item));
SELECT count(*) FROM (SELECT * FROM shop.customers WHERE shop.peek(secret)) a FULL JOIN shop.orders b ON a.id = b.id;
SELECT count(*) FROM shop.countries k LEFT JOIN (shop.customers a JOIN shop.orders b ON a.id = b.id AND shop.peek(a.secret)) ON shop.peek(b.item);
SELECT count(*) FROM shop.customers a, shop.orders b WHERE a.id = b.id AND shop.peek(a.secret) AND b.price > 0;
SELECT count(*) FROM shop.customers a, shop.orders b WHERE a.id = b.id AND (shop.peek(a.secret) OR b.price > 0) AND (a.id = 1 AND shop.peek(a.name) OR a.id = 2);
