-- as: app owner superuser
-- The tenant changed while sub-plans run, and in an outer query.
SELECT t, set_config('app.tenant_id', t, true), (SELECT max(name) FROM shop.customers WHERE id > length(t) - 36) FROM unnest(ARRAY[:'me', :'other']) t;
SELECT t FROM unnest(ARRAY[:'me', :'other']) t WHERE set_config('app.tenant_id', t, true) = t
	AND EXISTS (SELECT FROM shop.customers WHERE shop.peek(name) AND tenant_id = t::uuid);
