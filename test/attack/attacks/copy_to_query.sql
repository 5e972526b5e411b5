-- COPY TO of queries, writing ones too.
COPY (SELECT * FROM shop.orders) TO STDOUT;
COPY (SELECT * FROM shop.super_view) TO STDOUT;
COPY (UPDATE shop.customers SET balance = 3 RETURNING *) TO STDOUT;
COPY (TABLE shop.orders_2026) TO STDOUT;
