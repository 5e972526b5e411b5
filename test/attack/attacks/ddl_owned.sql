-- as: app owner superuser
-- DROP OWNED and REASSIGN OWNED (CVE-2026-116311).
\set ON_ERROR_ROLLBACK on
BEGIN;
DROP OWNED BY CURRENT_USER;
SELECT * FROM shop.customers;
REASSIGN OWNED BY attack_owner TO attack_app;
SELECT * FROM shop.customers;
DROP OWNED BY attack_app;
GRANT SELECT ON shop.customers TO attack_app;
SELECT * FROM shop.customers;
ROLLBACK;
