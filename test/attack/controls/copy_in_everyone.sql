-- as: app owner superuser
-- COPY FROM for every role: the tenant filled in, into tables, partitions and children; a table of one's own too.
COPY shop.customers (id, name) FROM STDIN;
500	five hundred
\.
COPY shop.orders (id, day, item) FROM STDIN WITH (FORMAT csv);
500,2025-05-05,copied
501,2026-05-05,copied
\.
COPY shop.urgent_notes FROM STDIN WHERE id > 0;
aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa	500	body	copied
\.
CREATE TEMP TABLE t (id int);
COPY t FROM STDIN;
1
2
\.
SELECT 'control ok' FROM shop.customers c, shop.orders o, shop.urgent_notes u, t WHERE c.id = 500 AND o.item = 'copied' AND u.deadline = 'copied' HAVING count(*) = 4;
