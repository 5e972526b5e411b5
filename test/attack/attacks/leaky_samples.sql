-- The same over samples, materialized views, foreign tables, and partitions and children with other columns than their parents.
SELECT id FROM shop.customers TABLESAMPLE bernoulli (100) WHERE shop.peek(secret);
SELECT id FROM shop.customers TABLESAMPLE system (100) REPEATABLE (1) WHERE shop.peek(secret) AND balance > 0;
SELECT id FROM shop.orders TABLESAMPLE system (100) WHERE shop.peek(item);
SELECT id FROM shop.copies WHERE shop.peek(secret);
SELECT id FROM shop.super_copies WHERE shop.peek(secret) AND balance > 0;
SELECT id FROM shop.stock WHERE shop.peek(item);
SELECT id FROM shop.stock WHERE price > 0 AND item LIKE '%' AND shop.peek(item);
SELECT shop.differ($$SELECT id FROM shop.customers TABLESAMPLE bernoulli (100) WHERE name LIKE 'SOUGHT%\'$$);
SELECT shop.differ($$SELECT id FROM shop.copies WHERE name LIKE 'SOUGHT%\'$$);
SELECT shop.differ($$SELECT id FROM shop.stock WHERE item LIKE 'SOUGHT%\'$$);
SELECT shop.differ($$SELECT id FROM shop.copies WHERE name LIKE '%' AND balance <> 0 AND name LIKE 'SOUGHT%\'$$);
SELECT shop.oracle($$SELECT id FROM shop.stock WHERE 1 / (price - 987650007) = 0$$, '22012');
SELECT shop.oracle($$SELECT id FROM shop.copies WHERE 1 / (balance - 987650007) = 0$$, '22012');
