-- The same with the whole row.
SELECT id FROM shop.customers c WHERE shop.peek(c);
SELECT id FROM shop.orders o WHERE shop.peek(o);
