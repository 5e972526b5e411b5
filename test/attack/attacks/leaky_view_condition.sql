-- A view of one's own with a condition that tells, above a table and a superuser's view.
CREATE TEMP VIEW told AS SELECT id FROM shop.customers WHERE shop.peek(secret);
TABLE told;
CREATE TEMP VIEW barrier WITH (security_barrier) AS SELECT id FROM shop.super_view WHERE shop.peek(secret);
TABLE barrier;
CREATE TEMP VIEW checked AS SELECT * FROM shop.customers WHERE shop.peek(secret) WITH CHECK OPTION;
UPDATE checked SET balance = 1;
