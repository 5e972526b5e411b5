-- as: superuser
-- A plan with the table below a sub-query or WITH, for another role (CVE-2024-10976).
PREPARE q AS WITH c AS (SELECT * FROM shop.customers) SELECT * FROM c, (SELECT * FROM shop.inlined() OFFSET 0) i;
SET row_security = off;
EXECUTE q \g /dev/null
SET ROLE attack_owner;
SET row_security = on;
EXECUTE q;
RESET ROLE;
EXECUTE q;
