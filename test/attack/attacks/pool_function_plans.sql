-- as: app owner superuser
-- Plans that functions keep.
SET app.tenant_id = :'other';
SELECT shop.planned() \g /dev/null
SELECT shop.one_name(3), shop.super_definer(), shop.owner_definer() \g /dev/null
SET app.tenant_id = :'me';
SELECT shop.planned();
SELECT shop.one_name(3), shop.super_definer(), shop.owner_definer();
