-- A materialized view made empty, filled later.
CREATE MATERIALIZED VIEW play.copies AS SELECT * FROM shop.customers WITH NO DATA;
REFRESH MATERIALIZED VIEW play.copies;
TABLE play.copies;
DROP MATERIALIZED VIEW play.copies;
