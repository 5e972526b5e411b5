SET ROLE shop_owner;
SELECT tenant.protect('shop.customers');
SELECT tenant.protect('shop.products');
SELECT tenant.protect('shop.orders');
SELECT tenant.protect('shop.order_lines');
