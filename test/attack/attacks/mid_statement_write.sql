-- as: app owner superuser
-- The tenant changed while rows are written.
UPDATE shop.customers SET name = 'taken' WHERE set_config('app.tenant_id', :'other', true) <> '' AND id > 0 RETURNING tenant_id, name, shop.found(tenant_id <> :'me');
INSERT INTO shop.notes (tenant_id, id) SELECT :'other'::uuid, length(set_config('app.tenant_id', :'other', true));
DELETE FROM shop.items WHERE set_config('app.tenant_id', :'third', true) <> '' RETURNING data;
