-- The same in FILTER, HAVING, ORDER BY and CASE.
SELECT count(*) FILTER (WHERE shop.peek(secret)) FROM shop.customers;
SELECT id FROM shop.customers GROUP BY tenant_id, id, secret HAVING shop.peek(secret);
SELECT id FROM shop.customers ORDER BY shop.peek(secret), CASE WHEN shop.peek(name) THEN 1 END LIMIT 1;
