-- as: app owner superuser
-- The tenant changed by the statement itself, row by row (OWN 6.4).
SELECT set_config('app.tenant_id', :'other', true), c.* FROM shop.customers c;
SELECT tenant_id, name FROM (SELECT *, set_config('app.tenant_id', :'other', true) FROM shop.customers OFFSET 0) c;
SELECT c.name FROM (SELECT set_config('app.tenant_id', :'third', true) OFFSET 0) s, shop.customers c;
