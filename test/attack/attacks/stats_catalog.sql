-- as: superuser
-- The catalogs below the views.
SELECT stavalues1, stavalues2 FROM pg_statistic WHERE starelid::regclass::text ~ '^shop';
WITH all_of AS MATERIALIZED (TABLE pg_statistic) SELECT stavalues1 FROM all_of WHERE starelid::regclass::text ~ '^shop';
COPY (SELECT * FROM pg_statistic WHERE starelid = 'shop.items'::regclass) TO STDOUT;
CREATE VIEW play.statistics AS SELECT * FROM pg_statistic;
SELECT stavalues1 FROM play.statistics WHERE starelid = 'shop.customers'::regclass;
