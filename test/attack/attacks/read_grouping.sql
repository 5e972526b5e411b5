-- GROUP BY, HAVING, GROUPING SETS over the tenant.
SELECT tenant_id, max(name), shop.found(tenant_id <> :'me') FROM shop.customers GROUP BY ROLLUP (tenant_id);
SELECT max(secret) FROM shop.customers GROUP BY tenant_id HAVING tenant_id <> :'me';
