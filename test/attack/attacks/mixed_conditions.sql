-- Trusted conditions beside one that tells: those may go below the filter, it may not.
SET enable_indexscan = off;
SELECT id FROM shop.customers WHERE balance > 100 AND shop.peek(secret);
SELECT id FROM shop.customers WHERE shop.peek(secret) AND name LIKE '%e%' AND id > 0;
SELECT id FROM shop.customers WHERE (balance > 100 OR shop.peek(secret)) AND id > 0;
SELECT id FROM shop.customers WHERE balance > 100 AND (name LIKE 'x%' OR shop.peek(secret) OR id > 0);
SELECT id FROM shop.customers WHERE balance > 100 AND NOT (id > 0 AND shop.peek(secret));
SELECT id FROM shop.customers WHERE balance > 0 AND CASE WHEN id > 0 THEN shop.peek(secret) END;
SELECT id FROM shop.items WHERE tags @> '{tag}' AND words @@ 'word' AND data @> '{}' AND shop.peek(data);
SELECT id FROM shop.items WHERE (tags @> '{tag}') = shop.peek(data);
SELECT a.id FROM shop.customers a LEFT JOIN shop.orders b ON b.id = a.id AND b.item LIKE '%' AND shop.peek(b.item) WHERE a.balance > 0;
SELECT a.id FROM shop.customers a LEFT JOIN shop.orders b ON b.id = a.id WHERE b.price > 0 AND shop.peek(b.item) AND a.name LIKE '%' AND shop.peek(a.secret);
SELECT a.id FROM shop.customers a FULL JOIN shop.orders b ON b.id = a.id WHERE b.item LIKE '%' AND shop.peek(b.item) AND shop.peek(a.secret);
SELECT id FROM shop.owner_view WHERE balance > 0 AND shop.peek(secret);
SELECT id FROM shop.barrier_view WHERE balance > 0 AND shop.peek(secret);
UPDATE shop.customers SET balance = balance WHERE balance > 0 AND shop.peek(secret);
DELETE FROM shop.notes WHERE body LIKE '%' AND shop.peek(body) AND false;
