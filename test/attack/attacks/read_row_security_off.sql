-- as: app owner none
-- row_security = off by those who may not bypass policies.
SET row_security = off;
SELECT * FROM shop.customers;
COPY shop.customers TO STDOUT;
TABLE shop.super_view;
