-- as: superuser
-- SET ROLE, SET LOCAL ROLE and SET SESSION AUTHORIZATION keep the tenant.
SET ROLE attack_app;
SELECT count(*) AS app FROM shop.customers \gset
BEGIN;
SET LOCAL ROLE attack_owner;
SELECT count(*) AS owner FROM shop.customers \gset
COMMIT;
RESET ROLE;
SET SESSION AUTHORIZATION attack_bypass;
SELECT count(*) AS bypass FROM shop.customers \gset
RESET SESSION AUTHORIZATION;
SELECT 'control ok' FROM shop.customers HAVING count(*) = 20 AND :app = 20 AND :owner = 20 AND :bypass = 20;
