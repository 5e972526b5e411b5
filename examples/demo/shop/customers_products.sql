INSERT INTO shop.customers (tenant_id, customer_id, name, email)
SELECT tenant_id, n, 'Customer ' || n, 'customer' || n || '@example.com'
FROM demo.tenants, generate_series(1, customers) AS n;

INSERT INTO shop.products (tenant_id, product_id, name, price)
SELECT tenant_id, n, 'Product ' || n, 0.99 + (n * 7919 + rank * 31) % 20000 / 100.0
FROM demo.tenants, generate_series(1, products) AS n;

-- The order lines take their prices from here: the planner should know how many there are.
ANALYZE shop.customers, shop.products;
