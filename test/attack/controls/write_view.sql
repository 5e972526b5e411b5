-- as: app owner superuser
-- A view is written.
UPDATE shop.owner_view SET name = 'x' WHERE id = 1;
INSERT INTO shop.super_view (tenant_id, id) VALUES (:'me', 500);
SELECT 'control ok' FROM shop.customers WHERE name = 'x' OR id = 500 HAVING count(*) = 2;
