-- as: app owner superuser
-- LOCK TABLE in every mode, also of parents and views.
BEGIN;
LOCK TABLE shop.customers IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE shop.orders, shop.owner_view IN ACCESS SHARE MODE NOWAIT;
LOCK TABLE shop.items;
SELECT 'control ok' FROM pg_locks WHERE pid = pg_backend_pid() AND relation IN ('shop.customers'::regclass, 'shop.items'::regclass, 'shop.orders_2025'::regclass)
	AND mode IN ('ShareRowExclusiveLock', 'AccessExclusiveLock', 'AccessShareLock') HAVING count(DISTINCT relation) = 3 AND (SELECT count(*) FROM shop.items) = 20;
COMMIT;
