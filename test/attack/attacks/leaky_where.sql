-- A cheap function that tells its argument, in WHERE (pgdoc:rules-privileges).
SELECT id FROM shop.customers WHERE shop.peek(name);
SELECT id FROM shop.customers WHERE shop.peek(secret) AND tenant_id = :'me' AND balance > 0;
SELECT id FROM shop.customers WHERE shop.peek(balance) OR id = 1;
SELECT id FROM shop.items WHERE shop.peek(data) AND shop.peek(tags);
