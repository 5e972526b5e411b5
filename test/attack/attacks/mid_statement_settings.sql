-- as: app owner superuser
-- The tenant changed through pg_settings (OWN).
WITH s AS (UPDATE pg_settings SET setting = :'other' WHERE name = 'app.tenant_id' RETURNING 1) SELECT c.* FROM s, shop.customers c;
SELECT c.name FROM shop.customers c, LATERAL (SELECT set_config(name, :'other', true) FROM pg_settings WHERE name = 'app.tenant_id' OFFSET 0) s;
