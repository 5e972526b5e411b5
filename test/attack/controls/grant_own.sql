-- as: superuser
-- A bound role works for its tenants.
SET client_min_messages = error;
CREATE ROLE attack_bound LOGIN;
GRANT attack_app TO attack_bound;
SELECT tenant.grant_tenant('attack_bound', :'me'), tenant.grant_tenant('attack_bound', :'third') \g /dev/null
SET ROLE attack_bound;
SET app.tenant_id = :'third';
SELECT count(*) FROM shop.customers \g /dev/null
SET app.tenant_id = :'me';
UPDATE shop.customers SET balance = balance + 0;
SELECT 'control ok' FROM shop.customers HAVING count(*) = 20;
RESET ROLE;
SELECT tenant.revoke_tenant('attack_bound', :'me'), tenant.revoke_tenant('attack_bound', :'third') \g /dev/null
DROP OWNED BY attack_bound;
DROP ROLE attack_bound;
