-- A protected materialized view emptied, filled with one tenant's rows, or opened.
REFRESH MATERIALIZED VIEW shop.copies;
REFRESH MATERIALIZED VIEW CONCURRENTLY shop.copies;
REFRESH MATERIALIZED VIEW shop.copies WITH NO DATA;
DO 'BEGIN EXECUTE ''REFRESH MATERIALIZED VIEW shop.copies''; END';
DELETE FROM shop.copies;
TRUNCATE shop.copies;
SECURITY LABEL FOR pg_tenant ON COLUMN shop.copies.tenant_id IS NULL;
SECURITY LABEL FOR pg_tenant ON COLUMN shop.copies.id IS 'tenant';
DELETE FROM pg_seclabel;
SELECT * FROM shop.copies;
