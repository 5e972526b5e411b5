-- as: superuser
-- A plan made for row_security = off, used after it (CVE-2016-2193, CVE-2026-14666).
PREPARE q AS SELECT * FROM shop.customers;
PREPARE v AS SELECT * FROM shop.super_view, shop.planned();
SET row_security = off;
EXECUTE q \g /dev/null
EXECUTE v \g /dev/null
SELECT shop.planned() \g /dev/null
SET row_security = on;
EXECUTE q;
EXECUTE v;
SELECT shop.planned();
SET ROLE attack_app;
EXECUTE q;
SELECT shop.planned();
