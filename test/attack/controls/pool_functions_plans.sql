-- as: app owner superuser
-- Plans that functions keep serve each tenant and role in turn.
SET app.tenant_id = :'other';
SELECT count(*) AS n, shop.one_name(30) FROM shop.planned() \gset other_
SET app.tenant_id = :'me';
SELECT count(*) AS n, shop.one_name(3) FROM shop.planned() \gset me_
SELECT 'control ok' WHERE :other_n = 40 AND :me_n = 20 AND :'me_one_name' = 'mine-name-3' AND :'other_one_name' LIKE '%-name-30';
