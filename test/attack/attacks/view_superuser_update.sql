-- Writing through a superuser's view.
UPDATE shop.super_view SET name = 'taken' WHERE tenant_id = :'other';
UPDATE shop.super_view SET name = name || '.' RETURNING *;
DELETE FROM shop.super_orders RETURNING *;
INSERT INTO shop.super_view VALUES (:'other', 900, 'planted');
