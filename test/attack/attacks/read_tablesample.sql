-- TABLESAMPLE reads blocks.
SELECT * FROM shop.customers TABLESAMPLE system (100);
SELECT * FROM shop.orders_2026 TABLESAMPLE bernoulli (100) REPEATABLE (1);
