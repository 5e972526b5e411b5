-- One to seven lines an order; the square root makes business grow over the year.
INSERT INTO shop.order_lines (tenant_id, order_id, line_no, ordered_on, product_id, quantity, price)
SELECT t.tenant_id, o.n, l.n, date '2025-01-01' + floor(365 * sqrt((o.n - 1) / t.orders::float8))::int,
       p.product_id, 1 + (o.n * 3 + l.n) % 4, p.price
FROM demo.tenants AS t
CROSS JOIN LATERAL generate_series(1, t.orders) AS o (n)
CROSS JOIN LATERAL generate_series(1, 1 + (o.n * 5 + t.rank) % 7) AS l (n)
JOIN shop.products AS p ON p.tenant_id = t.tenant_id AND p.product_id = 1 + (o.n * 31 + l.n * 17) % t.products;
