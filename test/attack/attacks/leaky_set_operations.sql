-- The same above UNION ALL, which is flattened, and other set operations.
SELECT id FROM (SELECT id, secret FROM shop.customers UNION ALL SELECT id, body FROM shop.notes) u WHERE shop.peek(secret);
SELECT id FROM (SELECT id, secret FROM shop.customers UNION ALL SELECT 0, code FROM shop.countries UNION ALL SELECT id, item FROM shop.orders) u WHERE shop.peek(secret);
SELECT id FROM (SELECT id, shop.peek(secret) AS told FROM shop.customers UNION ALL SELECT id, shop.peek(body) FROM shop.notes) u WHERE told;
SELECT id FROM (SELECT id, secret FROM shop.customers UNION SELECT id, body FROM shop.notes) u WHERE shop.peek(secret);
SELECT id FROM (SELECT id, secret FROM shop.customers INTERSECT SELECT id, secret FROM shop.super_view) u WHERE shop.peek(secret);
SELECT id FROM (SELECT id, secret FROM shop.customers EXCEPT ALL SELECT id, item FROM shop.orders) u WHERE shop.peek(secret);
SELECT id FROM shop.customers WHERE shop.peek(secret) UNION ALL SELECT id FROM shop.customers WHERE shop.peek(name);
SELECT k.code FROM shop.countries k LEFT JOIN (SELECT id, secret FROM shop.customers UNION ALL SELECT id, body FROM shop.notes) u ON shop.peek(u.secret);
SELECT k.code, l.* FROM shop.countries k, LATERAL (SELECT secret FROM shop.customers WHERE shop.peek(secret || k.code) UNION ALL SELECT k.code) l;
