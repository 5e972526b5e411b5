-- as: app owner superuser
-- The tenant changed in a WITH, a lateral sub-select, a condition.
WITH s AS MATERIALIZED (SELECT set_config('app.tenant_id', :'other', true)) SELECT c.* FROM s, shop.customers c;
SELECT c.* FROM unnest(ARRAY[:'me', :'other']) t, LATERAL (SELECT set_config('app.tenant_id', t, true) OFFSET 0) s,
	LATERAL (SELECT name FROM shop.customers WHERE s IS NOT NULL OFFSET 0) c;
SELECT * FROM shop.customers WHERE set_config('app.tenant_id', :'other', true) <> '';
