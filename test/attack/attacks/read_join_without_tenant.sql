-- Joins over the id alone, which tenants share.
SELECT a.name, b.secret FROM shop.customers a JOIN shop.customers b USING (id);
SELECT o.item, c.secret FROM shop.orders o JOIN shop.customers c ON c.id = o.customer_id;
SELECT c.* FROM shop.countries LEFT JOIN shop.customers c ON true;
