-- as: app owner superuser
-- The indexes that lead with the tenant are used.
CREATE FUNCTION pg_temp.plan(query text) RETURNS text LANGUAGE plpgsql AS
	$$DECLARE line text; plan text := ''; BEGIN FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || query LOOP plan := plan || line; END LOOP; RETURN plan; END$$;
SET enable_seqscan = off;
SELECT 'control ok' WHERE pg_temp.plan('SELECT * FROM shop.customers WHERE id = 3') ~ 'customers_pkey.*Index Cond: \(\(tenant_id = .*AND \(id = 3'
	AND pg_temp.plan('SELECT * FROM shop.super_view WHERE id = 3') ~ 'customers_pkey.*Index Cond: \(\(tenant_id = .*AND \(id = 3';
