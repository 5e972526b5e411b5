-- The ends of every order.
SELECT * FROM shop.customers ORDER BY tenant_id DESC LIMIT 3;
SELECT * FROM shop.customers ORDER BY balance DESC FETCH FIRST 2 ROWS WITH TIES;
SELECT DISTINCT ON (tenant_id) * FROM shop.items ORDER BY tenant_id DESC;
