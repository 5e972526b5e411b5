-- Keys lead with the tenant, references carry it: no row can point at another tenant's.
SET ROLE shop_owner;
ALTER TABLE shop.customers ADD PRIMARY KEY (tenant_id, customer_id), ADD UNIQUE (tenant_id, email);
ALTER TABLE shop.products ADD PRIMARY KEY (tenant_id, product_id);
ALTER TABLE shop.orders ADD PRIMARY KEY (tenant_id, order_id);
ALTER TABLE shop.order_lines ADD PRIMARY KEY (tenant_id, order_id, line_no, ordered_on);
ALTER TABLE shop.orders ADD FOREIGN KEY (tenant_id, customer_id) REFERENCES shop.customers;
ALTER TABLE shop.order_lines
    ADD FOREIGN KEY (tenant_id, order_id) REFERENCES shop.orders,
    ADD FOREIGN KEY (tenant_id, product_id) REFERENCES shop.products;
ANALYZE shop.customers, shop.products, shop.orders, shop.order_lines;
