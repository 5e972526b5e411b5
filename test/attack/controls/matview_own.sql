-- as: app owner superuser
-- A materialized view over tables that are nobody's.
CREATE MATERIALIZED VIEW play.copies AS SELECT * FROM shop.countries;
CREATE UNIQUE INDEX ON play.copies (code);
REFRESH MATERIALIZED VIEW CONCURRENTLY play.copies;
SELECT 'control ok' FROM play.copies JOIN shop.customers ON id < 3 HAVING count(*) = 4;
