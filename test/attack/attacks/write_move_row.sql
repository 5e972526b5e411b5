-- Rows moved from one tenant to another.
UPDATE shop.customers SET tenant_id = :'other', id = id + 500;
UPDATE shop.customers SET tenant_id = :'me', id = id + 500 WHERE tenant_id = :'other' RETURNING *;
UPDATE shop.notes SET (tenant_id, body) = (SELECT :'other'::uuid, 'moved');
