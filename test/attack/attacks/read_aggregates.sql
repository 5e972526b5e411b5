-- Aggregates of all kinds.
SELECT string_agg(name, ','), max(secret), min(balance), max(balance) FROM shop.customers;
SELECT json_agg(i), jsonb_object_agg(id, data), array_agg(tags) FROM shop.items i;
SELECT percentile_disc(0.9) WITHIN GROUP (ORDER BY balance), mode() WITHIN GROUP (ORDER BY secret) FROM shop.customers;
SELECT shop.found(count(*) > 20), shop.found(count(DISTINCT tenant_id) > 1) FROM shop.customers;
