-- as: app owner superuser bypass none superuser/none
-- Removing other tenants' marked rows for good. Row-level security alone has no purge. mutation: a purge takes every tenant's rows
CALL tenant.purge_deleted('shop.marked', '0 s');
CALL tenant.purge_all('0 s');
CALL tenant.purge_all('0 s', 1);
CALL tenant.purge_deleted('shop.customers', '0 s');
SELECT * FROM tenant.stat_progress_purge;
GRANT DELETE ON shop.marked TO tenant_admin;
SET ROLE tenant_admin;
CALL tenant.purge_deleted('shop.marked', '0 s');
SET row_security = off;
CALL tenant.purge_deleted('shop.marked', '0 s');
CALL tenant.purge_all('0 s');
RESET row_security;
RESET ROLE;
REVOKE DELETE ON shop.marked FROM tenant_admin;
