-- as: app owner superuser
-- A prepared plan serves each tenant in turn.
SET plan_cache_mode = force_generic_plan;
PREPARE q AS SELECT count(*) AS n FROM shop.customers;
EXECUTE q \gset me_
SET app.tenant_id = :'other';
EXECUTE q \gset other_
SET app.tenant_id = :'me';
EXECUTE q \gset again_
SELECT 'control ok' WHERE :me_n = 20 AND :other_n = 40 AND :again_n = 20;
