-- Window functions look at neighbours.
SELECT lag(name) OVER (ORDER BY name DESC), lead(name) OVER w, first_value(secret) OVER w FROM shop.customers WINDOW w AS (ORDER BY id, tenant_id);
