-- A view of one's own, and a table with a rule.
CREATE TEMP VIEW mine AS SELECT * FROM shop.customers;
TABLE mine;
CREATE TEMP VIEW mine2 WITH (security_barrier) AS SELECT * FROM shop.orders_2026;
TABLE mine2;
