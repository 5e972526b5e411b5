-- Definer functions within other statements.
SELECT c.id FROM shop.customers c WHERE EXISTS (SELECT FROM shop.super_sql() s WHERE shop.peek(s.secret));
UPDATE shop.customers SET name = (SELECT max(secret) FROM shop.super_definer()) WHERE id = 1 RETURNING name;
