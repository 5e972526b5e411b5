-- as: app owner superuser
-- errors: 1
-- A view WITH CHECK OPTION lets rows in that it shows, and no others; a security barrier view is written too.
INSERT INTO shop.check_view (tenant_id, id, name) VALUES (:'me', 600, 'in');
INSERT INTO shop.check_view (tenant_id, id, name) VALUES (:'me', 800, 'out');
UPDATE shop.barrier_view SET name = 'barrier' WHERE id < 3;
UPDATE shop.invoker_view SET name = 'invoker' WHERE id = 4;
DELETE FROM shop.barrier_view WHERE id = 5;
SELECT 'control ok' FROM shop.customers WHERE name IN ('in', 'barrier', 'invoker') HAVING count(*) = 4 AND (SELECT count(*) FROM shop.customers) = 20;
