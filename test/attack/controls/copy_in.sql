-- as: superuser
-- COPY FROM.
COPY shop.customers (id, name) FROM STDIN;
500	five hundred
501	and one
\.
SELECT 'control ok' FROM shop.customers WHERE id >= 500 AND tenant_id = :'me' HAVING count(*) = 2;
