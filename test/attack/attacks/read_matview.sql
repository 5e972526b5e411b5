-- A materialized view made by whoever may.
CREATE MATERIALIZED VIEW play.copies AS SELECT * FROM shop.customers;
TABLE play.copies;
DROP MATERIALIZED VIEW play.copies;
