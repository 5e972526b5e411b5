-- as: app owner
-- DROP OWNED and REASSIGN OWNED (CVE-2026-116311).
\set ON_ERROR_ROLLBACK on
BEGIN;
DROP OWNED BY attack_app;
SELECT * FROM shop.customers;
REASSIGN OWNED BY attack_owner TO attack_app;
SELECT * FROM shop.customers;
ROLLBACK;
