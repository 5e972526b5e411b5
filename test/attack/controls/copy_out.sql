-- as: app owner superuser
-- COPY TO of a table and of a query.
COPY shop.customers TO STDOUT \g /dev/null
COPY (SELECT 'control ok' FROM shop.customers HAVING count(*) = 20) TO STDOUT;
