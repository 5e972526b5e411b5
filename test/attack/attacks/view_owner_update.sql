-- Writing through the owner's views. With FORCE row-level security alone holds for ordinary roles; not for a superuser's view below the owner's.
UPDATE shop.owner_view SET name = 'taken' RETURNING *;
UPDATE shop.invoker_view SET tenant_id = :'other' WHERE id = 2;
DELETE FROM shop.barrier_view WHERE tenant_id <> :'me' RETURNING *;
MERGE INTO shop.owner_view v USING shop.countries k ON v.id < 5 WHEN MATCHED THEN DELETE;
CREATE TEMP VIEW above AS SELECT * FROM shop.super_view;
UPDATE above SET name = 'taken' WHERE tenant_id <> :'me' RETURNING *;
DELETE FROM above WHERE id > 20;
