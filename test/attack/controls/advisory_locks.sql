-- as: app owner superuser
-- Advisory locks, by tenant.
BEGIN;
SELECT pg_advisory_xact_lock(hashtext(tenant_id::text), id) FROM shop.customers WHERE id = 3 \g /dev/null
SELECT 'control ok' FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND pg_try_advisory_xact_lock(7) HAVING count(*) = 1;
COMMIT;
