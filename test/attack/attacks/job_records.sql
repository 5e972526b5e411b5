-- as: superuser
-- What jobs recorded of other tenants, and commands run for them, from an application's session and from sealed ones. Row-level security
-- alone has no jobs. mutation: a sealed session runs a job
SET client_min_messages = error;
CALL tenant.for_each('SELECT secret::int FROM shop.customers');
SET app.tenant_id = :'me';
SELECT tenant.seal(true) AS token \g /dev/null
CALL tenant.for_each('UPDATE shop.customers SET secret = $$gone$$');
CALL tenant.for_each('SELECT secret::int FROM shop.customers', on_error => 'stop');
CALL tenant.for_each('SELECT secret::int FROM shop.customers', 2, 'stop', job => 'all');
CALL tenant.resume_job(1, retry => true);
SET ROLE attack_app;
TABLE tenant.job_runs;
SELECT message FROM tenant.job_runs WHERE tenant_id = :'other';
SELECT tenant.claim_run(1, '');
SELECT tenant.open_job(1, 'attack_app', true);
SELECT tenant.begin_job('mine', 'postgres', 'UPDATE shop.customers SET secret = $$gone$$', NULL, 'stop', NULL);
CALL tenant.for_each('UPDATE shop.customers SET secret = $$gone$$');
CALL tenant.resume_job(1, retry => true);
SELECT * FROM tenant.stat_progress_jobs;
SELECT * FROM pg_stats WHERE schemaname = 'tenant' AND tablename = 'job_runs';
