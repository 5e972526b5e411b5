-- as: app owner superuser
-- A new row is the tenant's.
INSERT INTO shop.customers (id, name) VALUES (500, 'new') RETURNING CASE WHEN tenant_id = :'me' THEN 'control ok' END;
