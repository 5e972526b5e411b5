-- as: superuser
-- A job does its work for every tenant, by the session itself and by workers.
CALL tenant.for_each('UPDATE shop.customers SET balance = balance + 0');
CALL tenant.for_each('SELECT shop.customers.id FROM shop.customers', parallel => 2);
SELECT 'control ok' FROM tenant.job_runs WHERE status = 'done' AND rows > 0 GROUP BY tenant_id HAVING count(*) = 2 AND tenant_id = :'me';
