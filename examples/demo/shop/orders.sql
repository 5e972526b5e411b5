-- From the lines, so that totals agree with them.
INSERT INTO shop.orders (tenant_id, order_id, customer_id, ordered_on, total)
SELECT l.tenant_id, l.order_id, 1 + l.order_id * 37 % t.customers, l.ordered_on, sum(l.quantity * l.price)
FROM shop.order_lines AS l
JOIN demo.tenants AS t USING (tenant_id)
GROUP BY l.tenant_id, l.order_id, l.ordered_on, t.customers;
