-- as: superuser
-- A bound role works for its tenants.
SET client_min_messages = error;
-- Both columns run in one cluster.
SELECT 'bound_' || current_database() AS bound \gset
CREATE ROLE :"bound" LOGIN;
GRANT attack_app TO :"bound";
SELECT tenant.grant_tenant(:'bound', :'me'), tenant.grant_tenant(:'bound', :'third') \g /dev/null
SET ROLE :"bound";
SET app.tenant_id = :'third';
SELECT count(*) FROM shop.customers \g /dev/null
SET app.tenant_id = :'me';
UPDATE shop.customers SET balance = balance + 0;
SELECT 'control ok' FROM shop.customers HAVING count(*) = 20;
RESET ROLE;
SELECT tenant.revoke_tenant(:'bound', :'me'), tenant.revoke_tenant(:'bound', :'third') \g /dev/null
DROP OWNED BY :"bound";
DROP ROLE :"bound";
