-- Writing through the owner's views.
UPDATE shop.owner_view SET name = 'taken' RETURNING *;
UPDATE shop.invoker_view SET tenant_id = :'other' WHERE id = 2;
DELETE FROM shop.barrier_view WHERE tenant_id <> :'me' RETURNING *;
MERGE INTO shop.owner_view v USING shop.countries k ON v.id < 5 WHEN MATCHED THEN DELETE;
