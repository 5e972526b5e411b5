-- as: superuser
-- Filling a protected materialized view for all tenants.
BEGIN;
SET LOCAL row_security = off;
REFRESH MATERIALIZED VIEW shop.copies;
REFRESH MATERIALIZED VIEW CONCURRENTLY shop.copies;
SET LOCAL row_security = on;
SELECT CASE WHEN count(*) = 20 THEN 'control ok' END FROM shop.copies;
ROLLBACK;
