-- Compiled expressions.
SET jit = on;
SET jit_above_cost = 0;
SET jit_inline_above_cost = 0;
SET jit_optimize_above_cost = 0;
SELECT * FROM shop.customers WHERE shop.peek(secret);
SELECT max(name), shop.found(count(DISTINCT tenant_id) > 1) FROM shop.super_view;
UPDATE shop.items SET tags = tags || name FROM shop.customers RETURNING *;
